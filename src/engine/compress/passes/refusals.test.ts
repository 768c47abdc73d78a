/** What passes say of models that they can do nothing with, and of settings that name what is not there. */
import { describe, expect, test } from 'vitest';
import { modelOf, nodeOf, randomWeight } from '../../../../tests/fakes/small-model.ts';
import type { ModelProto } from '../../onnx/ir.ts';
import { tensorFrom } from '../../onnx/tensor-contents.ts';
import { requirePass } from '../validate-recipe.ts';

const context = {
  parentPath: '',
  inputs: { kind: 'generated', seed: 1 },
  cpuExtensions: async () => [],
  onProgress: () => {},
} as const;

async function refusalOf(pass: string, model: ModelProto, settings: Record<string, unknown> = {}): Promise<string> {
  const { settings: schema, apply } = requirePass(pass);
  try {
    await apply(model, schema.parse(settings), context);
  } catch (error) {
    return (error as Error).message;
  }
  return 'not refused';
}

/** Products of 64 by 64 whose weights hold one value. */
const productsOf = (value: number, count = 1): ModelProto =>
  modelOf(17, {
    inputs: { x0: ['float32', [1, 64]] },
    outputs: [`x${count}`],
    nodes: Array.from({ length: count }, (_, layer) =>
      nodeOf('MatMul', [`x${layer}`, 'w'], [`x${layer + 1}`], {}, { name: `m${layer + 1}` }),
    ),
    weights: [tensorFrom('w', 'float32', [64, 64], new Float32Array(64 * 64).fill(value))],
  });

const gru = (): ModelProto =>
  modelOf(17, {
    inputs: { x: ['float32', [3, 1, 16]] },
    outputs: ['y'],
    nodes: [nodeOf('GRU', ['x', 'w', 'r'], ['y'], { hidden_size: 16 })],
    weights: [randomWeight('w', [1, 48, 16], 1), randomWeight('r', [1, 48, 16], 2)],
  });

describe('a model that stays as it is says why', () => {
  test.each([
    [
      'quantize-dynamic',
      () => productsOf(NaN, 3),
      '“m1” stays as it is, as do 2 others: the weight holds values that are not finite.',
    ],
    ['quantize-weights', () => productsOf(NaN), '“m1” stays as it is: its weight holds values that are not finite.'],
    [
      'quantize-static',
      () => productsOf(NaN, 2),
      '“m1” stays as it is, as does 1 other: its weight holds values that are not finite.',
    ],
    [
      'quantize-dynamic',
      () => productsOf(1e-37),
      '“m1” stays as it is: the weight holds values so small that no scale in float32 fits them.',
    ],
    [
      'quantize-static',
      () => productsOf(1e-37),
      '“m1” stays as it is: its weight holds values so small that no scale in float32 fits them.',
    ],
    [
      'quantize-weights',
      () => productsOf(1e-37),
      '“m1” stays as it is: its weight holds values so small that no scale in float32 fits them.',
    ],
    ['quantize-dynamic', gru, '“GRU_y” stays as it is: ONNX Runtime has no kernel of it with integer weights.'],
    ['float16', () => productsOf(1e6), '“m1” stays as it is: values that it takes or gives do not fit into float16.'],
    ['float16', () => productsOf(1e-12), '“m1” stays as it is: values that it takes or gives do not fit into float16.'],
  ] as const)('%s, %#', async (pass, build, sentence) => {
    const message = await refusalOf(pass, build());
    expect(message).toMatch(/^There is nothing/);
    expect(message).toContain(sentence);
  });

  test.each([
    ['quantize-static', 'quantize-static'],
    ['quantize-static', 'quantize-dynamic'],
    ['quantize-dynamic', 'quantize-weights'],
    ['quantize-weights', 'quantize-static'],
  ])('after %s %s says that it is quantized already', async (first, second) => {
    const model = productsOf(0.5, 2);
    const { settings, apply } = requirePass(first);
    await apply(model, settings.parse({}), context);
    const message = await refusalOf(second, model);
    expect(message).toMatch(
      /^There is nothing to quantize: .* 2 operators are quantized already, “m1\w*” among them\.$/,
    );
  });

  test('and is not said to compute nothing in float32, but where that is so', async () => {
    const integers = modelOf(17, {
      inputs: { x: ['int64', [2]] },
      outputs: ['y'],
      nodes: [nodeOf('Neg', ['x'], ['y'])],
    });
    expect(await refusalOf('float16', integers)).toContain('the model computes nothing in float32.');
    expect(await refusalOf('float16', productsOf(1e6))).not.toContain('computes nothing');
  });
});

describe('names of nodes that the model does not have are refused', () => {
  test.each([
    ['quantize-static', 'exclude'],
    ['quantize-dynamic', 'exclude'],
    ['quantize-weights', 'exclude'],
    ['float16', 'blockNodes'],
  ])('by %s', async (pass, setting) => {
    expect(await refusalOf(pass, productsOf(0.5), { [setting]: ['m7'] })).toContain(`${setting} names “m7”`);
    // A pattern that fits leaves nothing to do.
    expect(await refusalOf(pass, productsOf(0.5, 2), { [setting]: ['m*'] })).toContain(
      '“m1” stays as it is, as does 1 other',
    );
  });

  test('and types by float16, but for those of its default', async () => {
    expect(await refusalOf('float16', productsOf(0.5), { blockOperators: ['Matmul'] })).toContain('names “Matmul”');
    expect(await refusalOf('float16', productsOf(0.5), { blockOperators: ['Range'], scan: false })).toBe('not refused');
  });
});
