import { open, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import { formatBytes } from '#shared/format.ts';
import { unfinishedPathOf } from '../unfinished/owner-mark.ts';

/**
 * Before minutes are spent on what could not be written in the end. A file is really made and taken away again where the output, or the
 * folder that would be made for it, is to lie: what a system allows, its permissions alone do not tell.
 * @param leastBytes that the output will certainly take
 * Errors: `input-output`, with the way out, where the folder cannot be written, is a file, or lies on a full disk.
 */
export async function requireWritable(path: string, leastBytes = 1): Promise<void> {
  const folder = await existingFolder(dirname(path), path);
  const probePath = unfinishedPathOf(join(folder, '.whittle'));
  try {
    await (await open(probePath, 'wx')).close();
  } catch (error) {
    throw refusal(path, `the folder ${folder} does not take new files (${(error as Error).message})`, error);
  } finally {
    await rm(probePath, { force: true }).catch(() => {});
  }
  const free = await freeBytes(folder);
  if (free !== null && free < leastBytes) {
    throw refusal(path, `only ${formatBytes(free)} are free on the disk of ${folder}`);
  }
}

/** The nearest folder above that is there. */
async function existingFolder(folder: string, path: string): Promise<string> {
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory() === true) return folder;
  if (found !== null) throw refusal(path, `${folder} is a file and no folder`);
  const parent = dirname(folder);
  if (parent === folder) throw refusal(path, `there is no ${folder}`);
  return existingFolder(parent, path);
}

/** Null where the system does not tell, as some network drives: they say 0 of 0. */
async function freeBytes(folder: string): Promise<number | null> {
  const system = await statfs(folder).catch(() => null);
  return system === null || system.blocks === 0 ? null : system.bavail * system.bsize;
}

function refusal(path: string, reason: string, cause?: unknown): AppError {
  return new AppError('input-output', `${path} cannot be written: ${reason}. Name a file in another folder.`, {
    cause,
  });
}
