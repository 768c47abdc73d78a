/** The inputs that a session runs on again and again: generated, or the first items of a dataset. */
import type { CaseSettings } from '#shared/case.ts';
import type { InputSource } from '#shared/engine-protocol.ts';
import type { RunWarning } from '#shared/run.ts';
import { openDataset } from '../datasets/open-dataset.ts';
import type { Session } from './create-session.ts';
import { type Feeds, feedsOfItems, generateFeeds, inputSlotsOf } from './make-feeds.ts';
import { type BatchPlan, planBatches } from './plan-batches.ts';
import { loadOnnxRuntime } from './onnxruntime.ts';
import { resolveShapes } from './resolve-shapes.ts';

/** Errors: `unsupported` and `invalid-input`, naming the input or the dataset. */
export async function firstInputs(
  session: Session,
  settings: CaseSettings,
  source: InputSource,
): Promise<{ feeds: Feeds; warnings: RunWarning[] }> {
  const ort = await loadOnnxRuntime();
  const slots = inputSlotsOf(session);
  const { inputs, warnings } = resolveShapes(slots, settings);
  if (source.kind === 'generated') return { feeds: generateFeeds(ort, inputs, source.seed), warnings };
  const dataset = await openDataset(source.dataset, source.limit);
  const plan: BatchPlan = planBatches(slots, dataset, {
    batchSize: settings.batchSize,
    isExact: true,
  });
  for await (const batch of dataset.readBatches(plan.batchSize)) {
    const input = { ...plan.input, shape: [batch.count, ...plan.input.shape.slice(1)] };
    return { feeds: feedsOfItems(ort, input, batch.values), warnings };
  }
  throw new Error('An open dataset has at least one item.');
}
