import type { DatasetSource } from '#shared/dataset.ts';
import { type OpenDataset, openDatasetWith } from './open-dataset-with.ts';
import { readFileChunks } from './read-file-chunks.ts';

/** A dataset in files of this machine. Errors: those of `openDatasetWith`. */
export function openDataset(source: DatasetSource, limit: number | null): Promise<OpenDataset> {
  return openDatasetWith(readFileChunks, source, limit);
}
