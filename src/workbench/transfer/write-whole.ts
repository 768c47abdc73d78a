import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import { makeFolder } from '../make-folder.ts';
import { removeLeftIn, unfinishedPathOf } from '../unfinished/owner-mark.ts';

/**
 * Writes a file that is complete under its name, or not there; an older one stays until then.
 * @param content whole, or its pieces
 */
export async function writeWhole(
  path: string,
  content: string | Uint8Array | Iterable<string> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const unfinishedPath = unfinishedPathOf(path);
  try {
    makeFolder(dirname(path));
    removeLeftIn(dirname(path));
    const file = await open(unfinishedPath, 'w');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinishedPath, path);
  } catch (error) {
    await rm(unfinishedPath, { force: true });
    throw new AppError('input-output', `${path} could not be written: ${(error as Error).message}.`, { cause: error });
  }
}
