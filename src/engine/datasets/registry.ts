import type { DatasetFormat } from './dataset-format.ts';
import { idxFormat } from './idx.ts';

/** A new format is a file of its own and one entry here. */
export const datasetFormats: readonly DatasetFormat[] = [idxFormat];
