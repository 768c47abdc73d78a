/**
 * How long it takes until a job that measures has stopped, in the middle of a run of ONNX Runtime.
 *
 *   node bench/cancel-time.ts [--model fashion-resnet] [--batch 4096] [--times 20]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { quantileOfSorted, sortAscending } from '#shared/statistics/quantile.ts';
import { openTemporaryWorkbench, samplePath } from './temporary-workbench.ts';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'fashion-resnet' },
    batch: { type: 'string', default: '4096' },
    times: { type: 'string', default: '20' },
  },
});
const POLL_MS = 10;

const { client, close } = await openTemporaryWorkbench();
const { variant } = await client.models.import({ path: samplePath(values.model) });

/** @returns milliseconds from the request to the answer, which comes when the engine is gone */
async function cancelOnce(): Promise<number> {
  const { experimentId, jobId } = await client.experiments.start({
    variantIds: [variant.id],
    providers: ['node:cpu'],
    batchSizes: [Number(values.batch)],
    timeBudgetSeconds: 600,
  });
  while ((await client.experiments.get({ id: experimentId })).runs[0]?.loadMs === null) await sleep(POLL_MS);
  const startMs = performance.now();
  const { status } = await client.jobs.cancel({ id: jobId });
  if (status !== 'cancelled') throw new Error(`The job is ${status}, not cancelled.`);
  return performance.now() - startMs;
}

const tookMs: number[] = [];
for (let time = 0; time < Number(values.times); time += 1) tookMs.push(await cancelOnce());
await close();
const sorted = sortAscending(tookMs);
for (const share of [0, 0.5, 0.9, 1]) {
  console.log(`${String(share * 100).padStart(3)} % within ${quantileOfSorted(sorted, share).toFixed(0)} ms`);
}
