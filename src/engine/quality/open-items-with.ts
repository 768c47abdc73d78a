/** The items of an input source, in chunks that each model then feeds in batches of its own. */
import type { EngineTensor, InputSource } from '#shared/engine-protocol.ts';
import type { ReadChunks } from '../datasets/byte-stream.ts';
import { openDatasetWith } from '../datasets/open-dataset-with.ts';
import { readArrays } from '../inputs/read-arrays.ts';
import { takeLabels } from '../inputs/take-labels.ts';

export type ItemChunk =
  /** Values are prepared when they are first looked at. */
  | { kind: 'items'; count: number; readonly values: Float32Array; labels: Uint8Array | null }
  | {
      kind: 'arrays';
      count: number;
      arrays: ReadonlyMap<string, EngineTensor>;
      labels: number[] | null;
      /** The rows of the arrays are items, of which so many count; null: all of it is one run, whatever its rows are. */
      rowLimit: number | null;
    }
  | { kind: 'generated'; count: 1; seed: number; labels: null };

export type Items = {
  /** Dataset id, or `generated`. */
  id: string;
  itemCount: number;
  /** Null when generated or arrays of a file: then each model's inputs say it. */
  itemShape: number[] | null;
  hasLabels: boolean;
  /** @param chunkSize items of a dataset that come together; fewer in the last chunk only */
  read: (chunkSize?: number) => AsyncGenerator<ItemChunk>;
};

/** Batches of this size keep the cores busy and stay in the caches. */
export const CHUNK_SIZE = 64;
/** Of the values that are read at a time: little beside a model that such items are for. */
const CHUNK_BYTES = 8 * 2 ** 20;
/** Items drawn when there is no dataset: enough to see a broken model, few enough to be quick. */
const GENERATED_ITEM_COUNT = 32;

/** @returns how many items of a dataset to read at a time: whole batches, so that none is cut where a chunk ends, and one at least */
export function chunkSizeOf({ itemShape }: Pick<Items, 'itemShape'>, batchSize: number): number {
  const itemBytes = Float32Array.BYTES_PER_ELEMENT * (itemShape ?? []).reduce((total, size) => total * size, 1);
  const wanted = Math.min(CHUNK_SIZE, CHUNK_BYTES / itemBytes);
  return batchSize * Math.max(1, Math.floor(wanted / batchSize));
}

/** Errors: `invalid-input`, `not-found`, `unsupported`, naming the file. */
export async function openItemsWith(read: ReadChunks, source: InputSource): Promise<Items> {
  if (source.kind === 'arrays') {
    const { fileName, labels: labelsName, limit } = source;
    const arrays = await readArrays(read, source);
    const labels = labelsName === null ? null : takeLabels(arrays, labelsName, fileName);
    const itemCount = labels === null ? 1 : Math.min(labels.length, limit ?? Infinity);
    // Which of its axes counts items, the file does not say: labels do, and whoever sets a limit.
    const rowLimit = labels === null && limit === null ? null : (limit ?? Infinity);
    return {
      id: fileName,
      itemCount,
      itemShape: null,
      hasLabels: labels !== null,
      async *read() {
        yield { kind: 'arrays', count: itemCount, arrays, labels, rowLimit };
      },
    };
  }
  if (source.kind === 'generated') {
    return {
      id: 'generated',
      itemCount: GENERATED_ITEM_COUNT,
      itemShape: null,
      hasLabels: false,
      async *read() {
        for (let index = 0; index < GENERATED_ITEM_COUNT; index += 1) {
          yield { kind: 'generated', count: 1, seed: (source.seed + index) >>> 0, labels: null };
        }
      },
    };
  }
  const dataset = await openDatasetWith(read, source.dataset, source.limit);
  return {
    id: dataset.id,
    itemCount: dataset.itemCount,
    itemShape: dataset.itemShape,
    hasLabels: dataset.hasLabels,
    async *read(chunkSize = CHUNK_SIZE) {
      for await (const batch of dataset.readBatches(chunkSize)) {
        const { count, labels } = batch;
        yield {
          kind: 'items',
          count,
          get values() {
            return batch.values;
          },
          labels,
        };
      }
    },
  };
}
