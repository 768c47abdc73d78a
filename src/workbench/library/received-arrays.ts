/** Arrays of NumPy that a browser sent: experiments and jobs name them by their path, so they outlive the server. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Store } from '../store/store.ts';

/** Digits of the SHA-256 of a file, which name the folder that it lies in. */
const FOLDER_DIGITS = 16;

export function arraysPath(homePath: string): string {
  return join(homePath, 'inputs');
}

/** Each content has a folder, so that what comes in twice is kept once. */
export function arraysFolder(homePath: string, sha256: string): string {
  return join(arraysPath(homePath), sha256.slice(0, FOLDER_DIGITS));
}

/** Deletes those that no experiment names any more, nor a job that can be tried again. */
export async function removeUnusedArrays({ homePath, store }: { homePath: string; store: Store }): Promise<void> {
  const folders = await readdir(arraysPath(homePath)).catch(() => []);
  for (const folder of folders) {
    if (store.experiments.isNamedInPlans(folder) || store.jobs.isNamedInRetryable(folder)) continue;
    await rm(join(arraysPath(homePath), folder), { recursive: true, force: true });
  }
}
