/** One process at a time installs or builds in a clone; the others wait. A lock whose process has died is taken over. */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { say } from './say.mjs';

/**
 * Runs the action while holding the lock file.
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} action
 * @returns {Promise<T>}
 */
export async function withFileLock(path, action) {
  mkdirSync(dirname(path), { recursive: true });
  let hasSaidWaiting = false;
  while (!take(path)) {
    const owner = readOwner(path);
    if (owner !== null && !isAlive(owner)) {
      breakLock(path, owner);
      continue;
    }
    if (!hasSaidWaiting) say(`Waiting for process ${owner ?? '?'}, which installs or builds Whittle in this folder …`);
    hasSaidWaiting = true;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const release = () => rmSync(path, { force: true });
  process.once('exit', release);
  try {
    return await action();
  } finally {
    process.off('exit', release);
    release();
  }
}

/** @param {string} path */
function take(path) {
  // Written aside and linked, so that the lock never exists without its owner in it.
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, String(process.pid));
  try {
    linkSync(aside, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** @param {string} path */
function readOwner(path) {
  try {
    return Number(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

/** @param {string} path @param {number} deadOwner */
function breakLock(path, deadOwner) {
  const aside = `${path}.${process.pid}.dead`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  // Somebody else may have been quicker, and this is already the lock of a living process.
  if (readOwner(aside) !== deadOwner) linkSync(aside, path);
  rmSync(aside, { force: true });
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

/** @param {unknown} error @param {string} code */
function hasCode(error, code) {
  return error instanceof Error && 'code' in error && error.code === code;
}
