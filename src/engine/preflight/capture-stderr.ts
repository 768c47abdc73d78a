import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import { makeTemporaryFolder } from '../runtime/make-temporary-folder.ts';

const STDERR = 2;

/**
 * What native code prints on standard error while the work is done. ONNX Runtime's log goes there, past everything that Node could
 * listen to, so the descriptor itself becomes a file. It stays one: for a process that ends after its one answer.
 * Errors: `unsupported` where the system does not give the lowest free descriptor, as POSIX does.
 */
export async function captureStderr(work: () => Promise<void>): Promise<string> {
  const folder = await makeTemporaryFolder('whittle-log-');
  const path = join(folder, 'stderr');
  try {
    closeSync(STDERR);
    if (openSync(path, 'a') !== STDERR) {
      throw new AppError('unsupported', 'ONNX Runtime’s log cannot be read on this system.');
    }
    await work();
    return readFileSync(path, 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
