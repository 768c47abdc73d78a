/** Feeds for every item of an input source, batch by batch, the same for each of several sessions. */
import type { CaseSettings } from '#shared/case.ts';
import type { InputSource } from '#shared/engine-protocol.ts';
import { openDataset } from '../datasets/open-dataset.ts';
import type { Session } from '../runtime/create-session.ts';
import { type Feeds, feedsOfItems, generateFeeds, inputSlotsOf } from '../runtime/make-feeds.ts';
import { loadOnnxRuntime } from '../runtime/onnxruntime.ts';
import { planBatches } from '../runtime/plan-batches.ts';
import { resolveShapes } from '../runtime/resolve-shapes.ts';

export type ItemFeeds = {
  feeds: Feeds;
  /** First dimension of the inputs. */
  batchSize: number;
  /** Items of the batch that count; the rest is padding. */
  itemCount: number;
  labels: Uint8Array | null;
};

export type ItemSource = {
  /** Dataset id, or `generated`. */
  id: string;
  itemCount: number;
  hasLabels: boolean;
  read: () => AsyncGenerator<ItemFeeds>;
};

/** Items drawn when there is no dataset: enough to see a broken model, few enough to be quick. */
const GENERATED_ITEM_COUNT = 32;

/** Errors: `unsupported`, `invalid-input`, `not-found`, naming the input or the file. */
export async function openItems(
  session: Session,
  source: InputSource,
  options: { batchSize: number; settings: CaseSettings },
): Promise<ItemSource> {
  const ort = await loadOnnxRuntime();
  const slots = inputSlotsOf(session);
  if (source.kind === 'generated') {
    const { inputs } = resolveShapes(slots, { ...options.settings, batchSize: 1 });
    return {
      id: 'generated',
      itemCount: GENERATED_ITEM_COUNT,
      hasLabels: false,
      async *read() {
        for (let index = 0; index < GENERATED_ITEM_COUNT; index += 1) {
          yield {
            feeds: generateFeeds(ort, inputs, source.seed + index),
            batchSize: 1,
            itemCount: 1,
            labels: null,
          };
        }
      },
    };
  }
  const dataset = await openDataset(source.dataset, source.limit);
  const { input, batchSize } = planBatches(slots, dataset, { batchSize: options.batchSize });
  const isFixed = typeof slots[0]?.shape[0] === 'number';
  return {
    id: dataset.id,
    itemCount: dataset.itemCount,
    hasLabels: dataset.hasLabels,
    async *read() {
      for await (const { count, values, labels } of dataset.readBatches(batchSize)) {
        // A fixed batch has to be full; the last one is padded with zeros.
        const rows = isFixed ? batchSize : count;
        const itemSize = values.length / count;
        const padded = rows === count ? values : new Float32Array(rows * itemSize);
        if (padded !== values) padded.set(values);
        const feeds = feedsOfItems(ort, { ...input, shape: [rows, ...input.shape.slice(1)] }, padded);
        yield { feeds, batchSize: rows, itemCount: count, labels };
      }
    },
  };
}
