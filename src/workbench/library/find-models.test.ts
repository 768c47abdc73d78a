import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findModels } from './find-models.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whittle-find-'));
  const many = Array.from({ length: 60 }, (_, index) => `many/${index}.onnx`);
  for (const name of [
    'export/model.onnx',
    'export/model.onnx.data',
    'export/onnx/MODEL_Q4.ONNX',
    'export/onnx/deeper/far.onnx',
    'export/.cache/hidden.onnx',
    'images/cat.png',
    ...many,
  ]) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), '');
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

test('finds the models of an exported folder and of the folders in it, without their data', async () => {
  expect(await findModels(join(folder, 'export'))).toEqual([
    join(folder, 'export/model.onnx'),
    join(folder, 'export/onnx/MODEL_Q4.ONNX'),
  ]);
});

test.each(['images/cat.png', 'not/there.onnx'])(
  'leaves %s to the import, which says what is wrong with it',
  async (name) => {
    expect(await findModels(join(folder, name))).toEqual([join(folder, name)]);
  },
);

test.each([
  ['images', 'not-found', 'The folder “images” holds no .onnx file. A folder of data is tied to a model'],
  ['many', 'invalid-input', 'The folder “many” holds more than 50 .onnx files.'],
])('refuses the folder %s', async (name, kind, message) => {
  const finding = findModels(join(folder, name));
  await expect(finding).rejects.toMatchObject({ kind });
  await expect(finding).rejects.toThrow(message);
});
