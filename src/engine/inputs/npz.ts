/** NumPy's archive of arrays: a zip file whose entries are `NAME.npy`, stored or deflated. Runs anywhere. */
import {
  ERR_ENCRYPTED,
  ERR_INVALID_CRC32,
  ERR_UNSUPPORTED_COMPRESSION,
  type FileEntry,
  Uint8ArrayReader,
  Uint8ArrayWriter,
  ZipReader,
} from '@zip.js/zip.js';
import { AppError } from '#shared/app-error.ts';

/** One bit of deflated data stands for 258 bytes at most. */
const LARGEST_RATIO = 8 * 258;

export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
}

/**
 * @param bytes the whole archive
 * @param fileName for messages
 * @returns the unpacked `.npy` files by the names of their arrays
 * Errors: `invalid-input` for damage (every checksum is checked), `unsupported` for encryption and other packing.
 */
export async function unpackNpz(bytes: Uint8Array, fileName: string): Promise<Map<string, Uint8Array>> {
  const reader = new ZipReader(new Uint8ArrayReader(bytes), { checkCrc32: true, useWebWorkers: false });
  const entries = await reader.getEntries().catch(() => {
    throw damaged(fileName, 'its directory cannot be read, so it may be cut off');
  });
  const arrays = new Map<string, Uint8Array>();
  for (const entry of entries) {
    if (!entry.directory && entry.filename.endsWith('.npy'))
      arrays.set(entry.filename.slice(0, -4), await unpack(entry, fileName));
  }
  return arrays;
}

async function unpack(entry: FileEntry, fileName: string): Promise<Uint8Array> {
  const { filename, compressedSize, uncompressedSize } = entry;
  // Memory is not taken for a size that damage made up.
  if (uncompressedSize > compressedSize * LARGEST_RATIO) throw damaged(fileName, `${filename} cannot be that large`);
  try {
    return await entry.getData(new Uint8ArrayWriter());
  } catch (error) {
    const { message } = error as Error;
    if (message === ERR_ENCRYPTED || message === ERR_UNSUPPORTED_COMPRESSION) {
      throw new AppError(
        'unsupported',
        `${filename} in ${fileName} is packed in a way that cannot be read. Save it with numpy.savez or numpy.savez_compressed.`,
      );
    }
    if (message === ERR_INVALID_CRC32) {
      throw damaged(fileName, `the content of ${filename} does not match its checksum`);
    }
    throw damaged(fileName, `${filename} cannot be unpacked (${message})`);
  }
}

function damaged(fileName: string, what: string): AppError {
  return new AppError('invalid-input', `${fileName} is damaged: ${what}. Save it again.`);
}
