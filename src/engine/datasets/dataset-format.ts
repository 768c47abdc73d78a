/** What a dataset format provides: facts from the header, labels, and items as a stream. */
import type { DatasetSource } from '#shared/dataset.ts';
import type { ReadChunks } from './byte-stream.ts';

export type DatasetReader = {
  itemCount: number;
  /** Shape of one item as models take it, channels first. */
  itemShape: number[];
  /** Class indices, one per item; null without labels. */
  labels: Uint8Array | null;
  /** Raw item values in order, `batchSize` items at a time; the last batch may be smaller. Can be read more than once. */
  readItems: (batchSize: number) => AsyncGenerator<Uint8Array>;
};

/** Errors: `invalid-input` and `not-found`, a sentence that names the file. */
export type DatasetFormat = { id: string; open: (source: DatasetSource, read: ReadChunks) => Promise<DatasetReader> };
