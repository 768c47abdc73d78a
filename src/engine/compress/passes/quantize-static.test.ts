import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadModel } from '../../onnx/load-model.ts';
import { quantizeStatic } from './quantize-static.ts';

const resnetPath = join(import.meta.dirname, '../../../../resources/samples/fashion-resnet.onnx');
const context = {
  parentPath: resnetPath,
  inputs: { kind: 'generated', seed: 1 },
  cpuExtensions: async () => [],
  onProgress: () => {},
} as const;

describe('what is to stay float32', () => {
  test.each([
    [{ exclude: ['/0/Conv', '/no*such'] }, 'exclude names “/no*such”, and no node of the model has that name.'],
    [{ excludeOperators: ['conv'] }, 'excludeOperators names “conv”, which the model does not have.'],
  ])('is refused where the model does not have it: %j', async (given, sentence) => {
    const { model } = await loadModel(resnetPath);
    const settings = quantizeStatic.settings.parse(given);
    await expect(async () => quantizeStatic.apply(model, settings, context)).rejects.toThrow(sentence);
  });
});

describe('the opset', () => {
  test.each([
    [{}, 13],
    [{ weightType: 'int4' }, 21],
    [{ activationType: 'int16' }, 21],
  ])('for %j is %d', (given, wanted) => {
    expect(quantizeStatic.opset?.(quantizeStatic.settings.parse(given))).toMatchObject({ wanted });
  });
});
