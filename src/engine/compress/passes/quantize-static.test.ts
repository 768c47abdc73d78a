import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { InputSource } from '#shared/engine-protocol.ts';
import { npyFile, npzFile } from '../../../../tests/fakes/numpy-files.ts';
import { modelOf, nodeOf, randomWeight } from '../../../../tests/fakes/small-model.ts';
import { modelSchema, type TensorProto } from '../../onnx/ir.ts';
import { loadModel } from '../../onnx/load-model.ts';
import { encodeMessage } from '../../onnx/message.ts';
import { floatsOf, tensorFrom } from '../../onnx/tensor-contents.ts';
import { ropeParts } from '../../onnx/wire.ts';
import { openItems } from '../../quality/open-items.ts';
import { quantizeStatic } from './quantize-static.ts';

const resnetPath = join(import.meta.dirname, '../../../../resources/samples/fashion-resnet.onnx');
const context = {
  parentPath: resnetPath,
  inputs: { kind: 'generated', seed: 1 },
  cpuExtensions: async () => [],
  onProgress: () => {},
} as const;

function trainingImages(limit: number): InputSource {
  return {
    kind: 'dataset',
    limit,
    dataset: {
      id: 'train5k',
      format: 'idx',
      inputsPath: join(resnetPath, '../fashion-mnist/train5k-images-idx3-ubyte.gz'),
      labelsPath: null,
      classNames: [],
      preparation: { scale: 255, mean: 0.286, standardDeviation: 0.353 },
    },
  };
}

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

describe('what is excluded stays whole', () => {
  const padded = { pads: [1n, 1n, 1n, 1n] };
  const build = () =>
    modelOf(14, {
      inputs: { x: ['float32', [1, 3, 8, 8]] },
      outputs: ['y'],
      nodes: [
        nodeOf('Conv', ['x', 'w'], ['a'], padded),
        nodeOf('Add', ['a', 'six'], ['b']),
        nodeOf('HardSwish', ['b'], ['c']),
        nodeOf('Conv', ['c', 'v'], ['d'], padded),
        nodeOf('HardSigmoid', ['d'], ['e']),
        nodeOf('Div', ['e', 'six'], ['f']),
        nodeOf('Conv', ['f', 'v'], ['y'], padded),
      ],
      weights: [
        randomWeight('w', [4, 3, 3, 3], 1),
        randomWeight('v', [4, 4, 3, 3], 2),
        tensorFrom('six', 'float32', [], Float32Array.of(6)),
      ],
    });
  const named = ['Add_b', 'HardSwish_c', 'HardSigmoid_e', 'Div_f'];

  test.each([
    [{}, []],
    [{ exclude: ['HardSwish_*'] }, ['HardSwish_c']],
    [{ excludeOperators: ['HardSigmoid', 'Div'] }, ['HardSigmoid_e', 'Div_f']],
    [{ exclude: named }, named],
  ])('with %j', async (given, stay) => {
    const model = build();
    await quantizeStatic.apply(model, quantizeStatic.settings.parse(given), context);
    const whole = model.graph?.nodes.filter(
      ({ name, opType }) => named.includes(name) && name.startsWith(`${opType}_`),
    );
    expect(whole?.map(({ name }) => name)).toEqual(stay);
    expect(model.graph?.nodes.some(({ opType }) => opType === 'QuantizeLinear')).toBe(true);
  });
});

test.each([
  [{}, 0],
  [{ reconstruction: true }, 1],
])('that weights are not reconstructed without real data is told: %j', async (given, count) => {
  const { model } = await loadModel(resnetPath);
  const { findings } = await quantizeStatic.apply(model, quantizeStatic.settings.parse(given), context);
  expect(findings.filter(({ kind }) => kind === 'not-reconstructed')).toHaveLength(count);
});

test.each([{}, { reconstruction: true }])(
  'a file of arrays gives what a data set of the same items does, biases corrected: %j',
  async (given) => {
    const folder = mkdtempSync(join(tmpdir(), 'whittle-static-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const build = () =>
      modelOf(14, {
        inputs: { x: ['float32', ['batch', 1, 28, 28]] },
        outputs: ['y'],
        nodes: [
          nodeOf('Conv', ['x', 'w', 'b'], ['a']),
          nodeOf('Relu', ['a'], ['r']),
          nodeOf('Conv', ['r', 'v'], ['y']),
        ],
        weights: [randomWeight('w', [4, 1, 3, 3], 1), randomWeight('b', [4], 2), randomWeight('v', [4, 4, 3, 3], 3)],
      });
    const dataset = trainingImages(12);
    const { value: chunk } = await (await openItems(dataset)).read().next();
    if (chunk?.kind !== 'items') throw new Error('A data set has items.');
    const path = join(folder, 'items.npz');
    writeFileSync(path, npzFile({ 'x.npy': npyFile({ shape: [12, 1, 28, 28] }, chunk.values) }));
    const quantized = async (inputs: InputSource): Promise<{ bytes: Buffer; kinds: string[] }> => {
      const model = build();
      const settings = quantizeStatic.settings.parse({ keepSmall: 'never', ...given });
      const { findings } = await quantizeStatic.apply(model, settings, { ...context, inputs });
      const parts = ropeParts(encodeMessage(modelSchema, model));
      return {
        bytes: Buffer.concat(parts.map((part) => (part instanceof Uint8Array ? part : part.read()))),
        kinds: findings.map(({ kind }) => kind),
      };
    };
    const file = await quantized({ kind: 'arrays', path, fileName: 'items.npz', labels: null, limit: 256 });
    expect(file.kinds).not.toContain('not-reconstructed');
    expect(file.bytes.equals((await quantized(dataset)).bytes)).toBe(true);
  },
);

test.each([
  ['keeps the channels last', [-1, 28, 16], true],
  ['does not', [-1, 16, 28], false],
])('the bias behind a Reshape that %s', async (_words, shape, isCorrected) => {
  const model = modelOf(17, {
    inputs: { x: ['float32', ['batch', 1, 28, 28]] },
    outputs: ['y'],
    nodes: [
      nodeOf('Reshape', ['x', 'flat'], ['rows']),
      nodeOf('MatMul', ['rows', 'w'], ['p']),
      nodeOf('Reshape', ['p', 'shape'], ['q']),
      nodeOf('Add', ['q', 'b'], ['y']),
    ],
    weights: [
      tensorFrom('flat', 'int64', [2], BigInt64Array.of(-1n, 28n)),
      tensorFrom('shape', 'int64', [3], BigInt64Array.from(shape, BigInt)),
      randomWeight('w', [28, 16], 1),
      randomWeight('b', [shape.at(-1) ?? 0], 2),
    ],
  });
  const before = floatsOf(model.graph?.initializers.find(({ name }) => name === 'b') as TensorProto).slice();
  const inputs = trainingImages(8);
  await quantizeStatic.apply(model, quantizeStatic.settings.parse({}), { ...context, inputs });
  const after = floatsOf(model.graph?.initializers.find(({ name }) => name === 'b') as TensorProto);
  expect(after.some((value, index) => value !== before[index])).toBe(isCorrected);
});

test.each([
  [{}, '1 product quantized, in types that ONNX Runtime’s CPU provider has integer kernels for.'],
  [{ weightType: 'int4' }, '1 product quantized, in types that ONNX Runtime’s CPU provider has integer kernels for.'],
  [{ activationType: 'int16' }, '1 product quantized, which ONNX Runtime’s CPU provider computes in float32'],
])('what computes in integers is not told of types that do not: %j', async (given, sentence) => {
  const model = modelOf(21, {
    inputs: { x: ['float32', [2, 16]] },
    outputs: ['y'],
    nodes: [nodeOf('MatMul', ['x', 'w'], ['y'])],
    weights: [randomWeight('w', [16, 16], 1)],
  });
  const { findings } = await quantizeStatic.apply(model, quantizeStatic.settings.parse(given), context);
  expect(findings[0]?.message).toContain(sentence);
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
        expect.stringMatching(/^1 layer stayed as it was: .* quantize-dynamic takes it; put it after this one\.$/),
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
      /nothing to quantize: .* “LSTM_y” stays as it is: .* quantize-dynamic takes it/,
    );
  });
});

describe('the opset', () => {
  test.each([
    [{}, 13],
    [{ weightType: 'int4' }, 13],
    [{ activationType: 'int16' }, 21],
  ])('for %j is %d', (given, wanted) => {
    expect(quantizeStatic.opset?.(quantizeStatic.settings.parse(given))).toMatchObject({ wanted });
  });
});
