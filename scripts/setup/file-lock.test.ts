import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withFileLock } from './file-lock.mjs';

describe('a file lock', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'whittle-lock-'));
    path = join(folder, 'deeper', 'setup.lock');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function ownedByAnother() {
    await withFileLock(path, async () => {});
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(other, 'spawn');
    writeFileSync(path, String(other.pid));
    return other;
  }

  test('names its owner while the action runs, and is gone afterwards', async () => {
    const answer = await withFileLock(path, async () => readFileSync(path, 'utf8'));
    expect(answer).toBe(String(process.pid));
    expect(existsSync(path)).toBe(false);
  });

  test('is given back when the action fails', async () => {
    await expect(withFileLock(path, () => Promise.reject(new Error('no space')))).rejects.toThrow('no space');
    expect(existsSync(path)).toBe(false);
  });

  test('of a living process is waited for, and of a dead one taken over', async () => {
    const other = await ownedByAnother();
    let isOtherDead = false;
    other.once('exit', () => (isOtherDead = true));
    const orderKept = withFileLock(path, async () => isOtherDead);
    // Two polls pass while the owner lives.
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(readFileSync(path, 'utf8')).toBe(String(other.pid));
    other.kill();
    expect(await orderKept).toBe(true);
  });
});
