import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeFolder } from './make-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'whittle-make-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('folders are made with those above them, and found made already', () => {
  const path = join(folder, 'a', 'b', 'ü c');
  makeFolder(path);
  makeFolder(path);
  expect(existsSync(path)).toBe(true);
});

test('a file in the way is an error', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => makeFolder(join(folder, 'file', 'inside'))).toThrow('ENOTDIR');
});

test.runIf(process.platform === 'linux')(
  'where the system takes no folders, it is refused instead of tried for ever',
  () => {
    expect(() => makeFolder('/proc/none/whittle')).toThrow('/proc/none');
  },
);
