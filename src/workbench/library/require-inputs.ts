import { existsSync } from 'node:fs';
import { AppError } from '#shared/app-error.ts';
import type { Dataset } from '#shared/dataset.ts';
import type { DatasetCatalog } from './datasets.ts';

/** Before a job begins. Errors: `not-found` for a dataset or file of arrays that is not there; those of `DatasetCatalog.resolve`. */
export async function requireInputs(
  datasets: DatasetCatalog,
  { datasetId, inputsPath }: { datasetId?: string | undefined; inputsPath?: string | undefined },
  split: Dataset['split'],
): Promise<void> {
  if (datasetId !== undefined) await datasets.resolve(datasetId, { split, tiedFamily: null });
  if (inputsPath !== undefined && !existsSync(inputsPath)) {
    throw new AppError('not-found', `The file ${inputsPath} does not exist.`);
  }
}
