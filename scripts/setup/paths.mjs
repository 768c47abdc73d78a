/** Where things lie in a clone. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const rootPath = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const modulesPath = join(rootPath, 'node_modules');
export const outPath = join(rootPath, 'out');
/** What is fetched or made while working, and may be deleted at any time. Git ignores it. */
export const cachePath = join(rootPath, '.cache');

/** The Node that comes with the dependencies (the npm package `node`). */
export const bundledNodePath = join(modulesPath, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** A file of a dependency. @param {string[]} parts */
export function dependencyPath(...parts) {
  return join(modulesPath, ...parts);
}

/** Looks a program up on PATH. @param {string} name @returns {string | null} its path, or null */
export function findProgram(name) {
  for (const folder of (process.env.PATH ?? '').split(process.platform === 'win32' ? ';' : ':')) {
    const path = join(folder, name);
    if (folder !== '' && existsSync(path)) return path;
  }
  return null;
}
