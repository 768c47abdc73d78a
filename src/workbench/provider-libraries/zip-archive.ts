/** Takes single files out of a zip archive that is too large for memory. */
import { createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Writable } from 'node:stream';
import {
  ERR_ENCRYPTED,
  ERR_INVALID_CRC32,
  ERR_UNSUPPORTED_COMPRESSION,
  type FileEntry,
  Reader,
  ZipReader,
} from '@zip.js/zip.js';
import { AppError } from '#shared/app-error.ts';

export type ZipArchive = {
  /** Writes the file whole and checks its CRC-32. Errors: `invalid-input` where it is not in there, or damaged. */
  extract: (name: string, path: string, signal?: AbortSignal) => Promise<void>;
  close: () => Promise<void>;
};

/** Errors: `invalid-input` for what is no zip archive. */
export async function openZip(path: string): Promise<ZipArchive> {
  const file = await open(path, 'r');
  try {
    const reader = new ZipReader(new HandleReader(file), { checkCrc32: true, useWebWorkers: false });
    const entries = await reader.getEntries().catch(() => {
      throw damaged(path, 'it is no zip archive, or cut off');
    });
    const files = new Map(entries.filter((entry) => !entry.directory).map((entry) => [entry.filename, entry]));
    return {
      async extract(name, targetPath, signal) {
        const entry = files.get(name);
        if (entry === undefined) throw damaged(path, `it does not hold ${name}`);
        await write(entry, targetPath, { path, signal });
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function write(
  entry: FileEntry,
  targetPath: string,
  { path, signal }: { path: string; signal: AbortSignal | undefined },
): Promise<void> {
  const target = createWriteStream(targetPath);
  // What the disk says, not what zip.js makes of it.
  let diskError: Error | null = null;
  target.once('error', (error) => (diskError = error));
  try {
    await entry.getData(Writable.toWeb(target), { ...(signal && { signal }) });
  } catch (error) {
    signal?.throwIfAborted();
    if (diskError !== null) throw diskError;
    const { message } = error as Error;
    if (message === ERR_ENCRYPTED || message === ERR_UNSUPPORTED_COMPRESSION)
      throw new AppError('unsupported', `${entry.filename} in ${path} is packed in a way that Whittle cannot read.`);
    if (message === ERR_INVALID_CRC32)
      throw damaged(path, `the content of ${entry.filename} does not match its checksum`);
    throw damaged(path, `${entry.filename} cannot be unpacked (${message})`);
  }
}

/** zip.js asks it for ranges of the file. */
class HandleReader extends Reader<FileHandle> {
  readonly #file: FileHandle;

  constructor(file: FileHandle) {
    super(file);
    this.#file = file;
  }

  override async init(): Promise<void> {
    await super.init?.();
    this.size = (await this.#file.stat()).size;
  }

  override async readUint8Array(index: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const { buffer, bytesRead } = await this.#file.read(new Uint8Array(length), 0, length, index);
    return buffer.subarray(0, bytesRead);
  }
}

function damaged(path: string, what: string): AppError {
  return new AppError('invalid-input', `${path} cannot be used: ${what}.`);
}
