import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createTemporaryFolder, removeFolder } from '../../../tests/fakes/test-workbench.ts';
import { requireWritable } from './require-writable.ts';

let folder: string;
beforeEach(() => {
  folder = createTemporaryFolder();
});
afterEach(() => removeFolder(folder));

test('nothing is left behind where a file could be written, and folders are not made yet', async () => {
  await requireWritable(join(folder, 'new.onnx'));
  await requireWritable(join(folder, 'a', 'b', 'new.onnx'));
  expect(readdirSync(folder)).toEqual([]);
});

test('a file in the place of a folder is named, however deep the output would lie', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  for (const path of [join(file, 'new.onnx'), join(file, 'deeper', 'new.onnx')]) {
    await expect(requireWritable(path)).rejects.toMatchObject({
      kind: 'input-output',
      message: `${path} cannot be written: ${file} is a file and no folder. Name a file in another folder.`,
    });
  }
});

test.runIf(process.platform === 'linux')('a folder that takes no files is named, for the superuser too', async () => {
  await expect(requireWritable('/proc/new.onnx')).rejects.toThrow('the folder /proc does not take new files');
});

test('what is certainly larger than the free space is refused, and said how much that is', async () => {
  await expect(requireWritable(join(folder, 'new.onnx'), 2 ** 60)).rejects.toThrow(/only [\d.]+ \wiB are free/);
});
