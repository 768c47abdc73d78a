import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toErrorData } from './app-error.ts';
import { explainSystemError } from './system-error.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'whittle-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const thrownBy = (act: () => void): unknown => {
  try {
    act();
  } catch (error) {
    return error;
  }
  return null;
};

test.each<[what: string, act: (path: string) => void, name: string, sentence: string]>([
  ['a folder that is a file', (path) => openSync(join(path, 'log'), 'w'), 'log', 'a part of this path is a file'],
  ['a folder that is missing', () => writeFileSync(join(folder, 'none', 'a'), ''), 'none', 'cannot be made'],
  ['a folder where a file is wanted', () => readFileSync(folder, { flag: 'w' }), '', 'is a folder'],
])('%s is named as the system found it', (_what, act, name, sentence) => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const data = toErrorData(thrownBy(() => act(file)));
  expect(data.kind).toBe('input-output');
  expect(data.message).toContain(sentence);
  expect(data.message).toContain(join(folder, name === 'log' ? 'file/log' : name));
});

test('a full disk is called so, whatever file it was', () => {
  const error = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  expect(explainSystemError(error)).toBe('The disk is full. Make room, or write to another disk.');
});

test.each([new Error('x is undefined'), Object.assign(new Error('no'), { code: 'ESRCH' }), 'text', null])(
  'anything else stays a bug (%#)',
  (error) => {
    expect(explainSystemError(error)).toBeNull();
    expect(toErrorData(error).kind).toBe('internal');
  },
);
