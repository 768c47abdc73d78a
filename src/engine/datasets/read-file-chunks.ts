import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AppError } from '#shared/app-error.ts';

/** The bytes of a file, unpacked when its name ends in `.gz`. Errors: `not-found`, `invalid-input`, `input-output`. */
export async function* readFileChunks(path: string): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path);
  const stream: Readable = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  // A pipe does not hand on errors.
  file.on('error', (error) => stream.destroy(error));
  try {
    for await (const chunk of stream) yield chunk as Buffer;
  } catch (error) {
    throw explainReadError(path, error);
  } finally {
    file.destroy();
  }
}

function explainReadError(path: string, error: unknown): AppError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new AppError('not-found', `The file ${path} does not exist.`, { cause: error });
  if (code?.startsWith('Z_')) {
    return new AppError('invalid-input', `${path} is not a whole gzip file: ${message}.`, {
      cause: error,
    });
  }
  return new AppError('input-output', `${path} cannot be read: ${message}.`, { cause: error });
}
