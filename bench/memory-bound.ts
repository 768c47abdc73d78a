/**
 * Whether products that wait for memory are found: `node bench/memory-bound.ts [megabytes] [batch]`. Measures a model of matrix products with random weights
 * (400 MB by default, batch 1) beside its variant with weights stored as bfloat16, which ONNX Runtime computes with as before, in real engine processes.
 * Prints the rates of the nodes, what memory gave, and the findings. With a large batch arithmetic is the limit and nothing is to be found.
 */
import { join } from 'node:path';
import type { Recipe } from '#shared/recipe.ts';
import { writeModel } from '../src/engine/onnx/write-model.ts';
import { createProductStack, STACK_WIDTH } from './product-stack.ts';
import { openTemporaryWorkbench } from './temporary-workbench.ts';

const [megabytes, batch] = [Number(process.argv[2] ?? 400), Number(process.argv[3] ?? 1)];
const recipe: Recipe = { version: 1, name: 'stored-smaller', passes: [{ pass: 'bfloat16', settings: {} }] };

const workbench = await openTemporaryWorkbench();
try {
  const { client, folder } = workbench;
  const path = join(folder, 'stack.onnx');
  await writeModel(createProductStack(Math.round((megabytes * 1e6) / (STACK_WIDTH ** 2 * 4))), path);
  const original = (await client.models.import({ path })).variant.id;
  const { jobId } = await client.recipes.compress({ variantId: original, recipe });
  for await (const _ of await client.jobs.watch({ id: jobId })) {
    // Only its end matters.
  }
  const { variantId } = (await client.jobs.get({ id: jobId })).result as { variantId: string };
  const experiment = await workbench.measure({
    variantIds: [original, variantId],
    providers: ['node:cpu'],
    batchSizes: [batch],
    timeBudgetSeconds: 10,
    stopEarly: false,
  });
  for (const run of experiment.runs) {
    const { operators } = await client.runs.operators({ runId: run.id });
    const rates = (operators?.nodes ?? [])
      .flatMap(({ bytesPerSecond }) => (bytesPerSecond === undefined ? [] : [bytesPerSecond / 1e9]))
      .toSorted((a, b) => a - b);
    const rateAt = (share: number): string => rates[Math.floor(share * (rates.length - 1))]?.toFixed(1) ?? 'unknown';
    console.log(`${run.model.name}: ${run.latencyMs?.median.toFixed(1)} ms, ${rates.length} nodes with weights`);
    console.log(`  read at ${rateAt(0)} to ${rateAt(1)} GB/s, half of them at ${rateAt(0.5)} or less`);
    const limit = operators?.memoryBytesPerSecond;
    console.log(
      `  memory gave ${limit === undefined ? 'nothing that was measured' : `${(limit / 1e9).toFixed(1)} GB/s`}`,
    );
    for (const { kind, message } of run.findings ?? []) console.log(`  ${kind}: ${message}`);
  }
  for (const { verdict } of experiment.comparisons) console.log(verdict);
} finally {
  await workbench.close();
}
