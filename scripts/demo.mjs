/** `npm run demo`: the main job, without a window; `npm run demo -- --help` names its options. */
import './setup/require-node.mjs';
import { join } from 'node:path';
import { outPath } from './setup/paths.mjs';
import { prepareBuild, prepareDependencies } from './setup/prepare.mjs';
import { runGroup } from './setup/process-groups.mjs';
import { runScript } from './setup/say.mjs';

await runScript(async () => {
  await prepareDependencies();
  await prepareBuild();
  const { code } = await runGroup(
    process.execPath,
    [join(outPath, 'main', 'cli.js'), 'demo', ...process.argv.slice(2)],
    {
      stdio: 'inherit',
    },
  );
  return code;
});
