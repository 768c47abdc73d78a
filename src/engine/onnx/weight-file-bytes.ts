import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LoadedModel } from './load-model.ts';

/** Bytes of the files with weights beside the model. */
export async function weightFileBytes({
  path,
  externalDataFiles,
}: Pick<LoadedModel, 'path' | 'externalDataFiles'>): Promise<number> {
  const facts = await Promise.all(externalDataFiles.map((name) => stat(join(dirname(path), name))));
  return facts.reduce((sum, { size }) => sum + size, 0);
}
