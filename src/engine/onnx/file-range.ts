import { closeSync, openSync, readSync } from 'node:fs';
import { AppError } from '#shared/app-error.ts';
import type { LazyBytes } from './wire.ts';

/** A multiple of the size of every element. */
const PIECE_BYTES = 2 ** 22;

/**
 * Bytes of a file that are read when they are looked at. The file must stay as it is.
 * Errors, when read: `invalid-model` for a file that is shorter by then.
 */
export function fileRange(path: string, offset: number, length: number): LazyBytes {
  return {
    byteLength: length,
    read() {
      const bytes = Buffer.allocUnsafe(length);
      withFile(path, (file) => readInto(file, path, bytes, offset));
      return bytes;
    },
    *pieces() {
      const buffer = Buffer.from(new ArrayBuffer(Math.min(length, PIECE_BYTES)));
      const file = openSync(path, 'r');
      try {
        for (let done = 0; done < length; done += buffer.length) {
          const piece = buffer.subarray(0, length - done);
          readInto(file, path, piece, offset + done);
          yield piece;
        }
      } finally {
        closeSync(file);
        // The garbage collector would let such buffers pile up by the hundred megabytes.
        buffer.buffer.transfer(0);
      }
    },
  };
}

export function withFile<Result>(path: string, use: (file: number) => Result): Result {
  const file = openSync(path, 'r');
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}

/** Fills `bytes` from `offset` of the file on. Errors: `invalid-model` where the file ends before. */
export function readInto(file: number, path: string, bytes: Uint8Array, offset: number): void {
  let position = 0;
  while (position < bytes.length) {
    const count = readSync(file, bytes, position, Math.min(bytes.length - position, 2 ** 30), offset + position);
    if (count === 0) throw new AppError('invalid-model', `${path} was cut off while it was read.`);
    position += count;
  }
}
