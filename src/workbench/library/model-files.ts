/** Copies model files with their external data, so that a copy is complete or absent. */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { chmod, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import { removeLeftIn, unfinishedPathOf } from '../unfinished/owner-mark.ts';
import { copyWholeFile } from './copy-file.ts';

/** Copies `sourcePath` to `targetPath`, and its external data files to the same places relative to it. Errors: `cancelled`, with a part left behind; and sentences. */
export async function copyModelFiles(
  sourcePath: string,
  targetPath: string,
  externalDataFiles: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  await copy(sourcePath, targetPath, signal);
  for (const name of externalDataFiles) {
    const relativePath = normalize(name);
    if (isAbsolute(relativePath) || relativePath.startsWith('..')) {
      throw new AppError(
        'invalid-model',
        `The model ${sourcePath} keeps weights in “${name}”, outside of its own folder. Bring the files together first.`,
      );
    }
    await copy(join(dirname(sourcePath), relativePath), join(dirname(targetPath), relativePath), signal);
  }
}

/** Writes under temporary names beside the targets first: existing files are replaced whole or stay. */
export async function exportModelFiles(
  sourcePath: string,
  targetPath: string,
  externalDataFiles: readonly string[],
): Promise<void> {
  const folder = dirname(targetPath);
  const data = externalDataFiles.map((name) => ({ from: join(dirname(sourcePath), name), to: join(folder, name) }));
  // The model file comes last: it names its data files, which have to be there by then.
  const files = [...data, { from: sourcePath, to: targetPath }].map((file) => ({
    ...file,
    unfinishedPath: unfinishedPathOf(file.to),
  }));
  try {
    for (const { to } of files) removeLeftIn(dirname(to));
    for (const { from, unfinishedPath } of files) await copy(from, unfinishedPath);
    for (const { to, unfinishedPath } of files) await rename(unfinishedPath, to);
  } catch (error) {
    for (const { unfinishedPath } of files) await rm(unfinishedPath, { force: true });
    if (error instanceof AppError) throw error;
    throw new AppError('input-output', `${targetPath} could not be written: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}

/**
 * Gives a finished folder its final name. A folder that is there already without being known was left over by a crash and
 * is replaced. Synchronous, so that it can be part of the transaction that makes it known.
 */
export function moveIntoPlace(folder: string, finalFolder: string): void {
  mkdirSync(dirname(finalFolder), { recursive: true });
  rmSync(finalFolder, { recursive: true, force: true });
  renameSync(folder, finalFolder);
  syncFolder(dirname(finalFolder));
}

/** Puts every file in the folder on the disk, so that what is reported as kept survives a power cut. */
export async function syncFiles(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((candidate) => candidate.isFile())) {
    const file = await open(join(entry.parentPath, entry.name), 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }
}

/** Removes a variant's folder, and the model's when it was the last. */
export async function removeVariantFolder(variantPath: string): Promise<void> {
  const folder = dirname(variantPath);
  await rm(folder, { recursive: true, force: true });
  const modelFolder = dirname(folder);
  const rest = await readdir(modelFolder).catch(() => null);
  if (rest?.length === 0) await rm(modelFolder, { recursive: true, force: true });
}

/** A file name from a name for people. */
export function toFileName(name: string, extension: string): string {
  const safe = name
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N}._ -]+/gu, '_')
    .replace(/^[. ]+/, '')
    .slice(0, 100)
    .trim();
  return `${safe === '' ? 'model' : safe}${extension}`;
}

async function copy(sourcePath: string, targetPath: string, signal?: AbortSignal): Promise<void> {
  try {
    await mkdir(dirname(targetPath), { recursive: true });
    await copyWholeFile(sourcePath, targetPath, signal);
    // The copy of a read-only file could not be removed or replaced everywhere.
    await chmod(targetPath, 0o644);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('input-output', `${sourcePath} could not be copied: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}

function syncFolder(path: string): void {
  // Windows does not open folders; there the rename itself is journaled.
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Errors: `not-found` and `invalid-input` sentences for what cannot be a model file. */
export async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) {
    if (found.code === 'ENOENT') throw new AppError('not-found', `There is no file ${path}.`);
    throw new AppError('input-output', `${path} cannot be read: ${found.message}.`, { cause: found });
  }
  if (found.isDirectory()) {
    throw new AppError('invalid-input', `${path} is a folder, not a model file. Name the .onnx file in it.`);
  }
  if (!found.isFile()) {
    throw new AppError(
      'invalid-input',
      `${path} is a device, a pipe or a socket, not a model file. Name an .onnx file on a disk.`,
    );
  }
}
