import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { modelOf, nodeOf, randomWeight } from '../../../../tests/fakes/small-model.ts';
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

describe('layers without an integer kernel', () => {
  test('say that they stay float32, why, and what takes them', async () => {
    const model = modelOf(17, {
      inputs: { x: ['float32', [3, 1, 8]] },
      outputs: ['y', 'z'],
      nodes: [
        nodeOf('MatMul', ['x', 'm'], ['a']),
        nodeOf('LSTM', ['a', 'w', 'r'], ['y'], { hidden_size: 4 }),
        nodeOf('GRU', ['a', 'v', 's'], ['z'], { hidden_size: 4 }),
      ],
      weights: [
        randomWeight('m', [8, 8], 1),
        randomWeight('w', [1, 16, 8], 2),
        randomWeight('r', [1, 16, 4], 3),
        randomWeight('v', [1, 12, 8], 4),
        randomWeight('s', [1, 12, 4], 5),
      ],
    });
    const { findings } = await quantizeStatic.apply(model, quantizeStatic.settings.parse({}), context);
    const skipped = findings.filter(({ kind }) => kind === 'skipped');
    expect(skipped.map(({ subjects, message }) => [...subjects, message])).toEqual([
      [
        'LSTM_y',
        expect.stringMatching(/^1 layer stayed float32: .* quantize-dynamic takes it; put it after this one\.$/),
      ],
      ['GRU_z', expect.stringMatching(/no GRU in integers/)],
    ]);
  });

  test('are named where there is nothing else', async () => {
    const model = modelOf(17, {
      inputs: { x: ['float32', [3, 1, 8]] },
      outputs: ['y'],
      nodes: [nodeOf('LSTM', ['x', 'w', 'r'], ['y'], { hidden_size: 4 })],
      weights: [randomWeight('w', [1, 16, 8], 2), randomWeight('r', [1, 16, 4], 3)],
    });
    const settings = quantizeStatic.settings.parse({});
    await expect(async () => quantizeStatic.apply(model, settings, context)).rejects.toThrow(
      /nothing to quantize: .* “LSTM_y” stays float32: .* quantize-dynamic takes it/,
    );
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
