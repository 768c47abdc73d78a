/** A process with a workbench that measures two fake models for longer than any test; tells its parent the ids. For killing. */
import { join } from 'node:path';
import { importFake, openWorkbench } from './test-workbench.ts';

const [folder] = process.argv.slice(2) as [string];
const { client } = await openWorkbench(join(folder, 'home'));
const variantIds = [
  await importFake(client, folder, { name: 'a', runMs: 2 }),
  await importFake(client, folder, { name: 'b', runMs: 2 }),
];
const started = await client.experiments.start({
  variantIds,
  providers: ['node:cpu'],
  timeBudgetSeconds: 600,
  stopEarly: false,
});
process.send?.(started);
