/** One large file by HTTP: goes on where it broke off, and is whole or not there. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '#shared/app-error.ts';
import { formatBytes } from '#shared/format.ts';
import { unreachable } from './package-feed.ts';

/** A server that sends nothing for so long is gone. */
const SILENCE_LIMIT_MS = 60_000;

/**
 * @param options.path where the whole file lies in the end; what there is of it lies beside it, as `.part`, and is used the next time
 * @param options.sha512 in Base64; null: only the size is checked
 * Errors: `input-output`, a sentence; the signal's reason.
 */
export async function downloadFile(options: {
  url: string;
  path: string;
  sizeBytes: number;
  sha512: string | null;
  signal: AbortSignal;
  onProgress: (receivedBytes: number) => void;
}): Promise<void> {
  const { url, path, sizeBytes, sha512, signal } = options;
  const partPath = `${path}.part`;
  let receivedBytes = await sizeOf(partPath);
  if (receivedBytes < sizeBytes) receivedBytes = await receive({ ...options, partPath, fromByte: receivedBytes });
  signal.throwIfAborted();
  if (receivedBytes !== sizeBytes) {
    await rm(partPath, { force: true });
    throw new AppError(
      'input-output',
      `${url} gave ${formatBytes(receivedBytes)} where ${formatBytes(sizeBytes)} were announced. It was thrown away; try again.`,
    );
  }
  if (sha512 !== null && (await hashOf(partPath, signal)) !== sha512) {
    await rm(partPath, { force: true });
    throw new AppError(
      'input-output',
      `What came from ${url} is not the package that the feed describes: its SHA-512 differs. It was thrown away and nothing was installed; try again, and do not trust this network if it happens twice.`,
    );
  }
  await rename(partPath, path);
}

/** @returns bytes that are there now */
async function receive(options: {
  url: string;
  partPath: string;
  fromByte: number;
  sizeBytes: number;
  signal: AbortSignal;
  onProgress: (receivedBytes: number) => void;
}): Promise<number> {
  const { url, partPath, fromByte, sizeBytes, signal, onProgress } = options;
  const silence = new AbortController();
  const restart = (): NodeJS.Timeout => setTimeout(() => silence.abort(), SILENCE_LIMIT_MS);
  let timer = restart();
  let receivedBytes = fromByte;
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any([signal, silence.signal]),
      ...(fromByte > 0 ? { headers: { Range: `bytes=${fromByte}-` } } : {}),
    });
    if (!response.ok || response.body === null) {
      throw new AppError('input-output', `${url} answers ${response.status} ${response.statusText}`.trim() + '.');
    }
    // A server that cannot go on sends all of it again.
    const goesOn = response.status === 206;
    receivedBytes = goesOn ? fromByte : 0;
    const count = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        clearTimeout(timer);
        timer = restart();
        receivedBytes += chunk.length;
        onProgress(receivedBytes);
        done(
          receivedBytes > sizeBytes ? new AppError('input-output', `${url} is larger than announced.`) : null,
          chunk,
        );
      },
    });
    await pipeline(Readable.fromWeb(response.body), count, createWriteStream(partPath, { flags: goesOn ? 'a' : 'w' }));
    return receivedBytes;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof AppError) throw error;
    if (receivedBytes === fromByte) throw unreachable(url, error);
    throw new AppError(
      'input-output',
      `The download broke off after ${formatBytes(receivedBytes)} of ${formatBytes(sizeBytes)}. Start it again: it goes on from there.`,
      { cause: error },
    );
  } finally {
    clearTimeout(timer);
  }
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

async function hashOf(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha512');
  for await (const chunk of createReadStream(path, { signal })) hash.update(chunk as Buffer);
  return hash.digest('base64');
}
