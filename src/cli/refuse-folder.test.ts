import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { refuseFolder } from './refuse-folder.ts';

test('a folder is refused as an output with a file that could lie in it, and anything else is not', () => {
  expect(() => refuseFolder(tmpdir(), 'report.pdf')).toThrow(
    `--output is the folder ${tmpdir()}. Name a file in it, such as ${join(tmpdir(), 'report.pdf')}.`,
  );
  expect(() => refuseFolder(join(tmpdir(), 'nothing has this name', 'report.pdf'), 'report.pdf')).not.toThrow();
  expect(() => refuseFolder(import.meta.filename, 'report.pdf')).not.toThrow();
});
