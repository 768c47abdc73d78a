import { expect, test } from 'vitest';
import { toErrorData } from './app-error.ts';
import { explainSystemError } from './system-error.ts';

/** As Node.js throws it. */
const thrown = (code: string, path?: string): Error =>
  Object.assign(new Error(`${code}: refused, open '${path ?? ''}'`), { code, ...(path === undefined ? {} : { path }) });

test.each([
  ['ENOTDIR', '/notes.txt/log', '/notes.txt/log cannot be there'],
  ['ENOENT', '/proc/x', '/proc/x does not exist and cannot be made'],
  ['EACCES', '/kept/a', 'may not read or write /kept/a'],
  ['EISDIR', '/tmp', '/tmp is a folder'],
  ['ENOSPC', '/disk/a', 'The disk is full (/disk/a)'],
])('%s of %s is told in words', (code, path, sentence) => {
  const data = toErrorData(thrown(code, path));
  expect(data.kind).toBe('input-output');
  expect(data.message).toContain(sentence);
  expect(data.message).not.toContain(code);
});

test('a full disk is called so, whatever file it was', () => {
  expect(explainSystemError(thrown('ENOSPC'))).toBe('The disk is full. Make room, or write to another disk.');
});

test.each([new Error('x is undefined'), thrown('ESRCH'), thrown('EACCES'), 'text', null])(
  'anything else stays a bug (%#)',
  (error) => {
    expect(explainSystemError(error)).toBeNull();
    expect(toErrorData(error).kind).toBe('internal');
  },
);
