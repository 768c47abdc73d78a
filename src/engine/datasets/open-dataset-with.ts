import { AppError } from '#shared/app-error.ts';
import type { DatasetSource } from '#shared/dataset.ts';
import type { ReadChunks } from './byte-stream.ts';
import { datasetFormats } from './registry.ts';

/** `count` items; values row-major as `(raw / scale - mean) / standardDeviation`. */
export type ItemBatch = {
  firstIndex: number;
  count: number;
  /** Prepared when they are first looked at: batches that are passed over cost little. */
  readonly values: Float32Array;
  labels: Uint8Array | null;
};

export type OpenDataset = {
  id: string;
  /** After the limit. */
  itemCount: number;
  itemShape: number[];
  hasLabels: boolean;
  readBatches: (batchSize: number) => AsyncGenerator<ItemBatch>;
};

/**
 * @param limit the first so many items; null for all
 * @param read how the files of the source are read
 * Errors: `invalid-input`, `not-found`, `input-output`, each naming the file; `unsupported` for an unknown format.
 */
export async function openDatasetWith(
  read: ReadChunks,
  source: DatasetSource,
  limit: number | null,
): Promise<OpenDataset> {
  const format = datasetFormats.find(({ id }) => id === source.format);
  if (!format) {
    const known = datasetFormats.map(({ id }) => id).join(', ');
    throw new AppError('unsupported', `The dataset format “${source.format}” is unknown; there is: ${known}.`);
  }
  const reader = await format.open(source, read);
  const itemCount = Math.min(limit ?? reader.itemCount, reader.itemCount);
  if (itemCount === 0) throw new AppError('invalid-input', `The dataset ${source.id} has no items.`);
  const itemSize = reader.itemShape.reduce((product, size) => product * size, 1);
  const table = preparationTable(source.preparation);
  return {
    id: source.id,
    itemCount,
    itemShape: reader.itemShape,
    hasLabels: reader.labels !== null,
    async *readBatches(batchSize) {
      let firstIndex = 0;
      for await (const raw of reader.readItems(batchSize)) {
        const count = Math.min(raw.length / itemSize, itemCount - firstIndex);
        let values: Float32Array | undefined;
        yield {
          firstIndex,
          count,
          get values() {
            return (values ??= prepare(raw, count * itemSize, table));
          },
          labels: reader.labels?.subarray(firstIndex, firstIndex + count) ?? null,
        };
        firstIndex += count;
        // Without a limit the reader has the last word: it checks that the file ends where it should.
        if (firstIndex === itemCount && itemCount < reader.itemCount) return;
      }
    },
  };
}

function prepare(raw: Uint8Array, length: number, table: Float32Array): Float32Array {
  const values = new Float32Array(length);
  // `Float32Array.from` with a function takes ten times as long.
  for (let index = 0; index < length; index += 1) values[index] = table[raw[index] as number] as number;
  return values;
}

/** The prepared value of each of the 256 raw values. */
function preparationTable({ scale, mean, standardDeviation }: DatasetSource['preparation']): Float32Array {
  return Float32Array.from({ length: 256 }, (_, value) => (value / scale - mean) / standardDeviation);
}
