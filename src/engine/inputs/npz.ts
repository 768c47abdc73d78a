/**
 * NumPy's archive of arrays: a zip file whose entries are `NAME.npy`, stored or deflated. Runs anywhere.
 * Format of the archive: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16
 */
import { AppError } from '#shared/app-error.ts';
import { crc32 } from './crc32.ts';

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const LONGEST_COMMENT_BYTES = 0xffff;
const CENTRAL_SIGNATURE = 0x02014b50;
const CENTRAL_BYTES = 46;
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED_FLAG = 1;
/** In a field of four bytes: the value stands in a Zip64 record. */
const IN_ZIP64 = 0xffff_ffff;
/** One bit of deflated data stands for 258 bytes at most. */
const LARGEST_RATIO = 8 * 258;

type Entry = {
  name: string;
  flags: number;
  method: number;
  crc: number;
  packedBytes: number;
  sizeBytes: number;
  headerAt: number;
};

export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
}

/**
 * @param bytes the whole archive
 * @param fileName for messages
 * @returns the unpacked `.npy` files by the names of their arrays
 * Errors: `invalid-input` for damage (every checksum is checked), `unsupported` for encryption, other packing and Zip64.
 */
export async function unpackNpz(bytes: Uint8Array, fileName: string): Promise<Map<string, Uint8Array>> {
  const arrays = new Map<string, Uint8Array>();
  for (const entry of readDirectory(bytes, fileName)) {
    if (entry.name.endsWith('.npy')) arrays.set(entry.name.slice(0, -4), await unpack(bytes, entry, fileName));
  }
  return arrays;
}

function readDirectory(bytes: Uint8Array, fileName: string): Entry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lowest = Math.max(0, bytes.length - END_BYTES - LONGEST_COMMENT_BYTES);
  let endAt = bytes.length - END_BYTES;
  while (endAt >= lowest && view.getUint32(endAt, true) !== END_SIGNATURE) endAt -= 1;
  if (endAt < lowest) throw damaged(fileName, 'it has no directory, so it is cut off');
  const entryCount = view.getUint16(endAt + 10, true);
  let at = view.getUint32(endAt + 16, true);
  if (at === IN_ZIP64) throw new AppError('unsupported', `${fileName} is larger than 4 GiB, which cannot be read.`);
  const entries: Entry[] = [];
  for (let index = 0; index < entryCount; index += 1) {
    if (at + CENTRAL_BYTES > endAt || view.getUint32(at, true) !== CENTRAL_SIGNATURE) {
      throw damaged(fileName, 'its directory is damaged');
    }
    const nameBytes = view.getUint16(at + 28, true);
    entries.push({
      name: new TextDecoder().decode(bytes.subarray(at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameBytes)),
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packedBytes: view.getUint32(at + 20, true),
      sizeBytes: view.getUint32(at + 24, true),
      headerAt: view.getUint32(at + 42, true),
    });
    at += CENTRAL_BYTES + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

async function unpack(bytes: Uint8Array, entry: Entry, fileName: string): Promise<Uint8Array> {
  const { name, flags, method, packedBytes, sizeBytes, headerAt } = entry;
  const isZip64 = packedBytes === IN_ZIP64 || sizeBytes === IN_ZIP64 || headerAt === IN_ZIP64;
  if (isZip64 || (flags & ENCRYPTED_FLAG) !== 0 || (method !== STORED && method !== DEFLATED)) {
    throw new AppError(
      'unsupported',
      `${name} in ${fileName} is packed in a way that cannot be read. Save it with numpy.savez or numpy.savez_compressed.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (headerAt + LOCAL_BYTES > bytes.length || view.getUint32(headerAt, true) !== LOCAL_SIGNATURE) {
    throw damaged(fileName, `the header of ${name} is damaged`);
  }
  // The local header's own fields: its extra part may be longer than that of the directory.
  const start = headerAt + LOCAL_BYTES + view.getUint16(headerAt + 26, true) + view.getUint16(headerAt + 28, true);
  const packed = bytes.subarray(start, start + packedBytes);
  const content = method === STORED ? packed : await inflate(packed, sizeBytes);
  if (content === null || content.length !== sizeBytes || crc32(content) !== entry.crc) {
    throw damaged(fileName, `the checksum of ${name} differs`);
  }
  return content;
}

/** @returns null where it is no deflated data, or holds more than it says */
async function inflate(packed: Uint8Array, sizeBytes: number): Promise<Uint8Array | null> {
  // Memory is not taken for a size that damage made up.
  if (sizeBytes > packed.length * LARGEST_RATIO) return null;
  const stream = new Blob([packed.slice()]).stream();
  const reader = stream.pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const content = new Uint8Array(sizeBytes);
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return content.subarray(0, length);
      if (length + value.length > sizeBytes) return null;
      content.set(value, length);
      length += value.length;
    }
  } catch {
    return null;
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function damaged(fileName: string, what: string): AppError {
  return new AppError('invalid-input', `${fileName} is damaged: ${what}. Save it again.`);
}
