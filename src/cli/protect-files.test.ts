import { linkSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { protectModel, protectWeights } from './protect-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'whittle-protect-'));
  writeFileSync(join(folder, 'model.onnx'), 'model');
  writeFileSync(join(folder, 'model.data'), 'weights');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a model is not replaced by what is made of it', () => {
  test.each([
    ['its own path', () => 'model.onnx'],
    ['another way to it', () => '../' + folder.split(/[\\/]/).at(-1) + '/./model.onnx'],
    [
      'a link',
      () => {
        symlinkSync(join(folder, 'model.onnx'), join(folder, 'link.onnx'));
        return 'link.onnx';
      },
    ],
    [
      'a hard link',
      () => {
        linkSync(join(folder, 'model.onnx'), join(folder, 'hard.onnx'));
        return 'hard.onnx';
      },
    ],
  ])('through %s', (_, nameOf) => {
    expect(() => protectModel(join(folder, 'model.onnx'), `${folder}/${nameOf()}`)).toThrow(
      expect.objectContaining({ kind: 'wrong-usage', message: expect.stringContaining('Name another file.') }),
    );
  });

  test('and neither are its weights', () => {
    const model = join(folder, 'model.onnx');
    const about = { weights: ['model.data'], written: ['model.data'], keptAs: 'small' };
    expect(() => protectWeights(model, join(folder, 'small.onnx'), about)).toThrow(
      expect.objectContaining({ kind: 'conflict', message: expect.stringContaining('kept in the library as “small”') }),
    );
    expect(() => protectWeights(model, join(folder, 'elsewhere', 'small.onnx'), about)).not.toThrow();
    expect(() => protectWeights(model, join(folder, 'small.onnx'), { ...about, written: ['a.data'] })).not.toThrow();
  });

  test.each(['new.onnx', 'other.onnx'])('but %s may be written', (name) => {
    writeFileSync(join(folder, 'other.onnx'), 'model');
    expect(() => protectModel(join(folder, 'model.onnx'), join(folder, name))).not.toThrow();
    expect(() => protectModel('a name in the library', join(folder, name))).not.toThrow();
  });
});
