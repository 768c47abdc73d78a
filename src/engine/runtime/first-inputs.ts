/** The inputs that a session runs on again and again: generated, or the first items of a dataset. Runs anywhere. */
import type { CaseSettings } from '#shared/case.ts';
import type { DatasetSource } from '#shared/dataset.ts';
import type { InputSource } from '#shared/engine-protocol.ts';
import type { RunWarning } from '#shared/run.ts';
import type { OpenDataset } from '../datasets/open-dataset-with.ts';
import { type Feeds, feedsOfItems, generateFeeds } from './make-feeds.ts';
import type { Ort } from './onnxruntime-types.ts';
import { planBatches } from './plan-batches.ts';
import { type InputSlot, resolveShapes } from './resolve-shapes.ts';

/** Errors: `unsupported` and `invalid-input`, naming the input or the dataset. */
export async function firstInputs(
  about: {
    ort: Ort;
    slots: readonly InputSlot[];
    openDataset: (source: DatasetSource, limit: number | null) => Promise<OpenDataset>;
  },
  settings: CaseSettings,
  source: InputSource,
): Promise<{ feeds: Feeds; warnings: RunWarning[] }> {
  const { ort, slots } = about;
  const { inputs, warnings } = resolveShapes(slots, settings);
  if (source.kind === 'generated') return { feeds: generateFeeds(ort, inputs, source.seed), warnings };
  const dataset = await about.openDataset(source.dataset, source.limit);
  const plan = planBatches(slots, dataset, { batchSize: settings.batchSize, isExact: true });
  for await (const batch of dataset.readBatches(plan.batchSize)) {
    const input = { ...plan.input, shape: [batch.count, ...plan.input.shape.slice(1)] };
    return { feeds: feedsOfItems(ort, input, batch.values), warnings };
  }
  throw new Error('An open dataset has at least one item.');
}
