/**
 * Takes single files out of a zip archive of any size up to 4 GiB. Format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT,
 * whose names the constants have.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { PassThrough, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { AppError } from '#shared/app-error.ts';

type Entry = { method: number; crc: number; compressedBytes: number; sizeBytes: number; headerOffset: number };

export type ZipArchive = {
  /** Writes the file whole and checks its CRC-32. Errors: `invalid-input` where it is not in there, or damaged. */
  extract: (name: string, path: string, signal?: AbortSignal) => Promise<void>;
};

const END_OF_CENTRAL_DIRECTORY = 0x06054b50;
const END_BYTES = 22;
const LONGEST_COMMENT_BYTES = 0xffff;
const CENTRAL_HEADER = 0x02014b50;
const CENTRAL_HEADER_BYTES = 46;
const LOCAL_HEADER = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;
/** In a field of four bytes: the value stands in a Zip64 record. */
const IN_ZIP64 = 0xffff_ffff;

/** Errors: `invalid-input` for what is no zip archive, `unsupported` beyond 4 GiB. */
export async function openZip(path: string): Promise<ZipArchive> {
  const file = await open(path, 'r');
  try {
    const entries = await readEntries(file, path);
    return {
      async extract(name, targetPath, signal) {
        const entry = entries.get(name);
        if (entry === undefined) throw damaged(path, `it does not hold ${name}`);
        await extractEntry(path, entry, { name, targetPath, signal });
      },
    };
  } finally {
    await file.close();
  }
}

async function readEntries(file: FileHandle, path: string): Promise<Map<string, Entry>> {
  const { size } = await file.stat();
  const tail = await readBytes(file, Math.max(0, size - END_BYTES - LONGEST_COMMENT_BYTES), size);
  const endAt = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (endAt === -1 || tail.readUInt32LE(endAt) !== END_OF_CENTRAL_DIRECTORY || endAt + END_BYTES > tail.length) {
    throw damaged(path, 'it is no zip archive, or cut off');
  }
  const directoryBytes = tail.readUInt32LE(endAt + 12);
  const directoryAt = tail.readUInt32LE(endAt + 16);
  if (directoryAt === IN_ZIP64) throw new AppError('unsupported', `${path} is larger than 4 GiB.`);
  const directory = await readBytes(file, directoryAt, directoryAt + directoryBytes);
  const entries = new Map<string, Entry>();
  for (let at = 0; at + CENTRAL_HEADER_BYTES <= directory.length;) {
    if (directory.readUInt32LE(at) !== CENTRAL_HEADER) throw damaged(path, 'its directory is damaged');
    const nameBytes = directory.readUInt16LE(at + 28);
    const name = directory.toString('utf8', at + CENTRAL_HEADER_BYTES, at + CENTRAL_HEADER_BYTES + nameBytes);
    entries.set(name, {
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      compressedBytes: directory.readUInt32LE(at + 20),
      sizeBytes: directory.readUInt32LE(at + 24),
      headerOffset: directory.readUInt32LE(at + 42),
    });
    at += CENTRAL_HEADER_BYTES + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

async function extractEntry(
  path: string,
  entry: Entry,
  about: { name: string; targetPath: string; signal: AbortSignal | undefined },
): Promise<void> {
  const { name, targetPath, signal } = about;
  const { method, compressedBytes, sizeBytes } = entry;
  if (compressedBytes === 0) throw damaged(path, `${name} is empty`);
  if (compressedBytes === IN_ZIP64 || sizeBytes === IN_ZIP64 || (method !== STORED && method !== DEFLATED)) {
    throw new AppError('unsupported', `${name} in ${path} is packed in a way that Whittle cannot read.`);
  }
  const start = await findContent(path, entry);
  let crc = 0;
  let writtenBytes = 0;
  const check = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      crc = crc32(chunk, crc);
      writtenBytes += chunk.length;
      done(writtenBytes > sizeBytes ? damaged(path, `${name} is larger than it says`) : null, chunk);
    },
  });
  try {
    await pipeline(
      createReadStream(path, { start, end: start + compressedBytes - 1 }),
      method === DEFLATED ? createInflateRaw() : new PassThrough(),
      check,
      createWriteStream(targetPath),
      signal === undefined ? {} : { signal },
    );
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof AppError || !(error as NodeJS.ErrnoException).code?.startsWith('Z_')) throw error;
    throw damaged(path, `${name} cannot be unpacked`);
  }
  if (crc !== entry.crc || writtenBytes !== sizeBytes) throw damaged(path, `the checksum of ${name} differs`);
}

/** Where the bytes begin, the local header says: its extra fields may be longer than those of the directory. */
async function findContent(path: string, { headerOffset }: Entry): Promise<number> {
  const file = await open(path, 'r');
  try {
    const header = await readBytes(file, headerOffset, headerOffset + LOCAL_HEADER_BYTES);
    if (header.length < LOCAL_HEADER_BYTES || header.readUInt32LE(0) !== LOCAL_HEADER) {
      throw damaged(path, 'a header of it is damaged');
    }
    return headerOffset + LOCAL_HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
  } finally {
    await file.close();
  }
}

async function readBytes(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const buffer = Buffer.alloc(Math.max(0, end - start));
  const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
  return buffer.subarray(0, bytesRead);
}

function damaged(path: string, what: string): AppError {
  return new AppError('invalid-input', `${path} cannot be used: ${what}.`);
}
