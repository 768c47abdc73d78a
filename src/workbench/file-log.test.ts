import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFileLog } from './file-log.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'whittle-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('what is logged is in the home at once, which is made', () => {
  createFileLog(join(folder, 'a', 'home'), { program: 'test' }).warn('look here');
  expect(readFileSync(join(folder, 'a', 'home', 'whittle.log'), 'utf8')).toContain('look here');
});

test('a home that is a file is refused by what it is', () => {
  const path = join(folder, 'notes.txt');
  writeFileSync(path, 'text');
  expect(() => createFileLog(path, { program: 'test' })).toThrow(`The home ${path} is a file and no folder.`);
});

test('so is one in which no log can be written', () => {
  mkdirSync(join(folder, 'whittle.log'));
  expect(() => createFileLog(folder, { program: 'test' })).toThrow(/cannot be used \(EISDIR.*--home or WHITTLE_HOME/);
});
