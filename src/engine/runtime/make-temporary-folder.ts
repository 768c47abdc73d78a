import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '#shared/app-error.ts';

/**
 * A new, empty folder for temporary files.
 * Errors: `input-output`, naming the folder that cannot be written.
 */
export async function makeTemporaryFolder(prefix: string): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), prefix));
  } catch (error) {
    throw new AppError(
      'input-output',
      `No temporary file can be made in ${tmpdir()} (${(error as Error).message}). Make room there, or set TMPDIR (on Windows TEMP) to a folder that can be written.`,
      { cause: error },
    );
  }
}
