import { type FileHandle, open, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import { makeTemporaryFolder } from '../runtime/make-temporary-folder.ts';
import type { Numbers } from '../runtime/tensor-values.ts';
import type { OutputStore } from './run-ahead.ts';

/** Of what is free: weights of the candidate are written there too, and others need room. */
const MOST_SHARE = 0.5;
/** A file system that lies in memory itself: man statfs. */
const TMPFS_MAGIC = 0x0102_1994;

type Part = { name: string; Values: new (buffer: ArrayBuffer) => Numbers; byteLength: number };

/**
 * A temporary file for outputs. It is gone with this process, but on Windows, where what is open cannot be removed.
 * @param byteLength about what is going to be put there
 * @returns null where the temporary folder has not the room, or lies in memory
 * Errors: `input-output` for a file that cannot be made or written.
 */
export async function openOutputFile(byteLength: number): Promise<OutputStore | null> {
  const folder = await makeTemporaryFolder('whittle-outputs-');
  const removeFolder = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const { type, bavail, bsize } = await statfs(folder);
  if (type === TMPFS_MAGIC || byteLength > MOST_SHARE * bavail * bsize) {
    await removeFolder();
    return null;
  }
  const file = await open(join(folder, 'outputs'), 'wx+');
  if (process.platform !== 'win32') await removeFolder();
  const items: Part[][] = [];
  let putBytes = 0;
  let takenBytes = 0;
  return {
    async put(item) {
      for (const { values } of item) {
        await writeAt(file, new Uint8Array(values.buffer, values.byteOffset, values.byteLength), putBytes);
        putBytes += values.byteLength;
      }
      items.push(
        item.map(({ name, values }) => ({
          name,
          Values: values.constructor as Part['Values'],
          byteLength: values.byteLength,
        })),
      );
    },
    async take() {
      const parts = items.shift() ?? [];
      return Promise.all(
        parts.map(async ({ name, Values, byteLength: partBytes }) => {
          const bytes = new Uint8Array(partBytes);
          const start = takenBytes;
          takenBytes += partBytes;
          await readAt(file, bytes, start);
          return { name, values: new Values(bytes.buffer) };
        }),
      );
    },
    async close() {
      await file.close();
      await removeFolder();
    },
  };
}

async function writeAt(file: FileHandle, bytes: Uint8Array, start: number): Promise<void> {
  try {
    for (let done = 0; done < bytes.byteLength;) {
      done += (await file.write(bytes, done, bytes.byteLength - done, start + done)).bytesWritten;
    }
  } catch (error) {
    throw new AppError(
      'input-output',
      `Outputs of the reference cannot be kept in ${tmpdir()} (${(error as Error).message}). Make room there, or set TMPDIR (on Windows TEMP) to a folder with more.`,
      { cause: error },
    );
  }
}

async function readAt(file: FileHandle, bytes: Uint8Array, start: number): Promise<void> {
  for (let done = 0; done < bytes.byteLength;) {
    const { bytesRead } = await file.read(bytes, done, bytes.byteLength - done, start + done);
    if (bytesRead === 0) throw new Error(`Byte ${start + done} of the outputs that were kept is missing.`);
    done += bytesRead;
  }
}
