import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyModelFiles, exportModelFiles, removeVariantFolder, requireFile, toFileName } from './model-files.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whittle-files-'));
  mkdirSync(join(folder, 'source/weights'), { recursive: true });
  writeFileSync(join(folder, 'source/model.onnx'), 'model');
  writeFileSync(join(folder, 'source/weights/a.bin'), 'weights');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('model files', () => {
  test('external data goes to the same place relative to the model', async () => {
    await copyModelFiles(join(folder, 'source/model.onnx'), join(folder, 'copy/m.onnx'), ['weights/a.bin']);
    expect(readFileSync(join(folder, 'copy/m.onnx'), 'utf8')).toBe('model');
    expect(readFileSync(join(folder, 'copy/weights/a.bin'), 'utf8')).toBe('weights');
  });

  test.each(['../a.bin', '/etc/passwd', 'weights/../../a.bin'])('external data at %s is refused', async (name) => {
    const copying = copyModelFiles(join(folder, 'source/model.onnx'), join(folder, 'bad/m.onnx'), [name]);
    await expect(copying).rejects.toMatchObject({ kind: 'invalid-model' });
  });

  test('a copy of many pieces is the same bytes, and one that is cancelled is not gone through', async () => {
    const large = join(folder, 'large.onnx');
    writeFileSync(large, Buffer.alloc(40 * 2 ** 20, 'whittle'));
    await copyModelFiles(large, join(folder, 'large-copy/m.onnx'), []);
    expect(readFileSync(join(folder, 'large-copy/m.onnx')).equals(readFileSync(large))).toBe(true);
    const copying = copyModelFiles(large, join(folder, 'cancelled/m.onnx'), [], AbortSignal.abort());
    await expect(copying).rejects.toMatchObject({ kind: 'cancelled' });
  });

  test('an export that fails leaves what was there', async () => {
    const target = join(folder, 'exported.onnx');
    writeFileSync(target, 'older');
    const exporting = exportModelFiles(join(folder, 'missing.onnx'), target, []);
    await expect(exporting).rejects.toMatchObject({ kind: 'input-output' });
    expect(readFileSync(target, 'utf8')).toBe('older');
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('the folder of a model goes with its last variant', async () => {
    for (const id of ['v1', 'v2']) mkdirSync(join(folder, 'models/m', id), { recursive: true });
    await removeVariantFolder(join(folder, 'models/m/v1/x.onnx'));
    expect(readdirSync(join(folder, 'models/m'))).toEqual(['v2']);
    await removeVariantFolder(join(folder, 'models/m/v2/x.onnx'));
    expect(existsSync(join(folder, 'models/m'))).toBe(false);
  });

  test('a folder and a missing file are refused with a sentence', async () => {
    await expect(requireFile(folder)).rejects.toMatchObject({ kind: 'invalid-input' });
    await expect(requireFile(join(folder, 'none.onnx'))).rejects.toMatchObject({ kind: 'not-found' });
  });

  test.each([
    ['fashion-resnet.half-precision', 'fashion-resnet.half-precision.onnx'],
    ['../../etc/passwd', '_.._etc_passwd.onnx'],
    ['a:b*c?', 'a_b_c_.onnx'],
    ['  .hidden', 'hidden.onnx'],
    ['..', 'model.onnx'],
    ['模型 1', '模型 1.onnx'],
  ])('the name “%s” gives the file %s', (name, expected) => {
    expect(toFileName(name, '.onnx')).toBe(expected);
  });
});
