/** The inputs that a session runs on again and again: generated, the arrays of a file, or the first items of a dataset. Runs anywhere. */
import type { CaseSettings } from '#shared/case.ts';
import type { InputSource } from '#shared/engine-protocol.ts';
import type { RunWarning } from '#shared/run.ts';
import type { InputFact } from '#shared/run-record.ts';
import { datasetText } from '#shared/text/case-text.ts';
import type { ReadChunks } from '../datasets/byte-stream.ts';
import { openDatasetWith } from '../datasets/open-dataset-with.ts';
import { matchArrays } from '../inputs/match-arrays.ts';
import { readArrays } from '../inputs/read-arrays.ts';
import { describeFeeds } from './describe-feeds.ts';
import { describeValues } from './generate-values.ts';
import { type Feeds, feedsOfArrays, feedsOfItems, generateFeeds } from './make-feeds.ts';
import type { Ort } from './onnxruntime-types.ts';
import { planBatches } from './plan-batches.ts';
import { type InputSlot, resolveShapes } from './resolve-shapes.ts';

/** Errors: `unsupported` and `invalid-input`, naming the input or the dataset. */
export async function firstInputs(
  about: {
    ort: Ort;
    slots: readonly InputSlot[];
    read: ReadChunks;
  },
  settings: CaseSettings,
  source: InputSource,
): Promise<{ feeds: Feeds; warnings: RunWarning[]; inputs: InputFact[] }> {
  const { ort, slots, read } = about;
  if (source.kind === 'arrays') {
    const { fileName } = source;
    const feeds = feedsOfArrays(ort, matchArrays(slots, await readArrays(read, source), { fileName, settings }));
    return { feeds, warnings: [], inputs: describeFeeds(feeds, () => fileName) };
  }
  const { inputs, warnings } = resolveShapes(slots, settings);
  if (source.kind === 'generated') {
    const feeds = generateFeeds(ort, inputs, source.seed);
    return { feeds, warnings, inputs: describeFeeds(feeds, (input) => `generated, ${describeValues(input)}`) };
  }
  const dataset = await openDatasetWith(read, source.dataset, source.limit);
  const plan = planBatches(slots, dataset, { batchSize: settings.batchSize, isExact: true });
  for await (const batch of dataset.readBatches(plan.batchSize)) {
    const input = { ...plan.input, shape: [batch.count, ...plan.input.shape.slice(1)] };
    const feeds = feedsOfItems(ort, input, batch.values);
    return { feeds, warnings: [], inputs: describeFeeds(feeds, () => datasetText(dataset.id)) };
  }
  throw new Error('An open dataset has at least one item.');
}
