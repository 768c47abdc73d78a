/** The header of an IDX file (big-endian magic `00 00 type rank`, then one uint32 per dimension), plain or gzipped. */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { AppError } from '#shared/app-error.ts';

const UNSIGNED_BYTE = 0x08;

/** @returns the dimensions, item count first. Errors: `invalid-input` for anything but an IDX file of unsigned bytes. */
export async function readIdxDimensions(path: string): Promise<number[]> {
  const header = await readStart(path, 4 + 4 * 8);
  const rank = header[3] ?? 0;
  if (header.length < 4 || header[0] !== 0 || header[1] !== 0 || header[2] !== UNSIGNED_BYTE || rank < 1 || rank > 8) {
    throw new AppError('invalid-input', `${path} is not an IDX file of unsigned bytes.`);
  }
  if (header.length < 4 + 4 * rank) throw new AppError('invalid-input', `${path} ends inside its IDX header.`);
  return Array.from({ length: rank }, (_, index) => header.readUInt32BE(4 + 4 * index));
}

async function readStart(path: string, byteCount: number): Promise<Buffer> {
  const file = createReadStream(path, { end: path.endsWith('.gz') ? undefined : byteCount - 1 });
  const stream = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  // A pipe does not hand on errors.
  file.on('error', (error) => stream.destroy(error));
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= byteCount) break;
    }
  } catch (error) {
    throw new AppError('invalid-input', `${path} cannot be read: ${(error as Error).message}.`, { cause: error });
  } finally {
    file.destroy();
  }
  return Buffer.concat(chunks).subarray(0, byteCount);
}
