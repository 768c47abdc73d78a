/** Weights in blocks on small models of every kind of use, in the real ONNX Runtime. */
import { describe, expect, test } from 'vitest';
import { requirePass, validateRecipe } from '../../src/engine/compress/validate-recipe.ts';
import { createAttribute, type ModelProto } from '../../src/engine/onnx/ir.ts';
import { walkNodes } from '../../src/engine/onnx/walk-model.ts';
import type { JsonObject } from '../../src/shared/json.ts';
import {
  type Feed,
  graphOf,
  modelAround,
  nodeOf,
  randomFloats,
  randomWeight,
  valueOf,
  runOnFeeds,
} from '../fakes/small-model.ts';

async function quantize(model: ModelProto, settings: JsonObject, pass = 'quantize-weights') {
  const [step] = validateRecipe({ version: 1, name: 'test', passes: [{ pass, settings }] }).passes;
  const outcome = await requirePass(pass).apply(model, step?.settings ?? {}, {
    parentPath: '',
    inputs: { kind: 'generated', seed: 1 },
    cpuExtensions: () => Promise.resolve([]),
    onProgress: () => {},
  });
  return { ...outcome, operators: [...walkNodes(model)].map(({ opType }) => opType) };
}

/** Signal to noise, in dB: about 6 for each bit. */
function sqnrDb(exact: number[], rounded: number[]): number {
  const power = exact.reduce((sum, value) => sum + value * value, 0);
  const noise = exact.reduce((sum, value, index) => sum + (value - (rounded[index] ?? Number.NaN)) ** 2, 0);
  return 10 * Math.log10(power / noise);
}

const x = (rows: number, columns: number): Feed => ({
  dims: [rows, columns],
  values: randomFloats(rows * columns, 9),
});
const leastDb = { 2: 6, 4: 18, 8: 42 } as const;
const settings = { method: 'nearest', minimumElements: 0 };

describe('a product', () => {
  const layout = [2, 4, 8].flatMap((bits) =>
    [16, 32, 256].flatMap((blockSize) => [true, false].map((symmetric) => ({ bits, blockSize, symmetric }))),
  );
  test.each(layout)('with %o is what its blocks say', async (about) => {
    // 100 inputs: the last block is not full.
    const create = () =>
      modelAround({
        inputs: [valueOf('x', 'float32')],
        outputs: [valueOf('y', 'float32')],
        initializers: [randomWeight('w', [100, 24], 1)],
        nodes: [nodeOf('MatMul', ['x', 'w'], ['y'])],
      });
    const feeds = { x: x(3, 100) };
    const exact = await runOnFeeds(create(), feeds);
    const model = create();
    const { operators } = await quantize(model, { ...settings, ...about, headBits: 2 });
    expect(operators).toEqual(['MatMulNBits']);
    const rounded = await runOnFeeds(model, feeds);
    expect(sqnrDb(exact['y'] ?? [], rounded['y'] ?? [])).toBeGreaterThan(leastDb[about.bits as 2 | 4 | 8]);
  });

  test.each(['nearest', 'hqq', 'gptq'])(
    'that scales, has a bias and is used twice stores its weight once (%s)',
    async (method) => {
      const create = () =>
        modelAround({
          inputs: [valueOf('x', 'float32')],
          outputs: [valueOf('y', 'float32'), valueOf('z', 'float32')],
          initializers: [randomWeight('w', [24, 64], 1), randomWeight('b', [24], 2)],
          nodes: [
            nodeOf(
              'Gemm',
              ['x', 'w', 'b'],
              ['y'],
              {},
              {
                attributes: [createAttribute('transB', 1n), createAttribute('alpha', 0.5)],
              },
            ),
            nodeOf('Relu', ['x'], ['r']),
            nodeOf(
              'Gemm',
              ['r', 'w'],
              ['z'],
              {},
              {
                attributes: [createAttribute('transB', 1n), createAttribute('alpha', 0.5)],
              },
            ),
          ],
        });
      const feeds = { x: x(5, 64) };
      const exact = await runOnFeeds(create(), feeds);
      const model = create();
      await quantize(model, { ...settings, method, bits: 8 });
      expect(model.graph?.initializers).toHaveLength(4);
      const rounded = await runOnFeeds(model, feeds);
      for (const name of ['y', 'z']) expect(sqnrDb(exact[name] ?? [], rounded[name] ?? [])).toBeGreaterThan(42);
    },
  );

  test('inside of an If takes its weight from around it', async () => {
    const create = () => {
      const branch = (weight: string) =>
        graphOf({
          outputs: [valueOf(`o_${weight}`, 'float32')],
          nodes: [nodeOf('MatMul', ['x', weight], [`o_${weight}`])],
        });
      const then = { ...createAttribute('then_branch', 0), type: 5, float: undefined, graph: branch('v') };
      const otherwise = { ...createAttribute('else_branch', 0), type: 5, float: undefined, graph: branch('w') };
      return modelAround({
        inputs: [valueOf('x', 'float32'), valueOf('c', 'bool')],
        outputs: [valueOf('y', 'float32')],
        initializers: [randomWeight('v', [64, 32], 1), randomWeight('w', [64, 32], 2)],
        nodes: [nodeOf('If', ['c'], ['y'], {}, { attributes: [then, otherwise] })],
      });
    };
    const feeds = (flag: boolean) => ({ x: x(2, 64), c: { dims: [], values: [flag] } });
    const model = create();
    const { operators } = await quantize(model, { ...settings, bits: 8 });
    expect(operators.toSorted()).toEqual(['If', 'MatMulNBits', 'MatMulNBits']);
    for (const flag of [true, false]) {
      const exact = await runOnFeeds(create(), feeds(flag));
      expect(sqnrDb(exact['y'] ?? [], (await runOnFeeds(model, feeds(flag)))['y'] ?? [])).toBeGreaterThan(42);
    }
  });
});

describe('an embedding table', () => {
  /** Tied: rows are looked up, and the same table, turned, makes the logits. */
  const create = () =>
    modelAround({
      inputs: [valueOf('ids', 'int64')],
      outputs: [valueOf('rows', 'float32'), valueOf('logits', 'float32')],
      initializers: [randomWeight('table', [50, 40], 3)],
      nodes: [
        nodeOf('Gather', ['table', 'ids'], ['rows']),
        nodeOf('Transpose', ['table'], ['turned'], {}, { attributes: [createAttribute('perm', [1n, 0n])] }),
        nodeOf('MatMul', ['rows', 'turned'], ['logits']),
      ],
    });
  const feeds = { ids: { dims: [2, 2], values: BigInt64Array.of(0n, 49n, -1n, 7n) } };

  test.each([2, 4, 8])('in %d bits gives its rows, and the product that it is tied to', async (bits) => {
    const exact = await runOnFeeds(create(), feeds);
    const model = create();
    const { operators } = await quantize(model, { ...settings, bits, headBits: 2 });
    expect(operators).toEqual(['GatherBlockQuantized', 'MatMulNBits']);
    expect(model.graph?.initializers.some(({ name }) => name === 'table')).toBe(false);
    const rounded = await runOnFeeds(model, feeds);
    const least = leastDb[bits as 2 | 4 | 8];
    expect(sqnrDb(exact['rows'] ?? [], rounded['rows'] ?? [])).toBeGreaterThan(least);
    expect(sqnrDb(exact['logits'] ?? [], rounded['logits'] ?? [])).toBeGreaterThan(least - 4);
  });

  test.each([
    ['nearest', 2, 'table-shared'],
    ['nearest', 8, 'table-shared'],
    ['gptq', 8, 'table-shared'],
    ['gptq', 2, 'table-stored-twice'],
  ] as const)(
    'whose rows fill their blocks is stored once with the product: %s, head in %d bits',
    async (method, headBits, kind) => {
      const wide = () => {
        const model = create();
        model.graph?.initializers.splice(0, 1, randomWeight('table', [50, 64], 3));
        return model;
      };
      const exact = await runOnFeeds(wide(), feeds);
      const model = wide();
      const { findings } = await quantize(model, { ...settings, method, bits: 4, headBits });
      const kinds = findings.map((finding) => finding.kind);
      expect(kinds).toContain(kind);
      const valuesCount = model.graph?.initializers.filter(({ name }) =>
        /_(blocks|scales|zero_points)(_\d+)?$/.test(name),
      ).length;
      expect(valuesCount).toBe(kind === 'table-shared' ? 3 : 6);
      const rounded = await runOnFeeds(model, feeds);
      const least = leastDb[kind === 'table-shared' && headBits === 8 ? 8 : 4];
      expect(sqnrDb(exact['rows'] ?? [], rounded['rows'] ?? [])).toBeGreaterThan(least);
      expect(sqnrDb(exact['logits'] ?? [], rounded['logits'] ?? [])).toBeGreaterThan(least - 4);
    },
  );

  test('that something else reads too stays whole, because it would be stored twice', async () => {
    const model = create();
    model.graph?.nodes.push(nodeOf('ReduceSum', ['table'], ['sum']));
    model.graph?.outputs.push(valueOf('sum', 'float32'));
    await expect(quantize(model, settings)).rejects.toMatchObject({ kind: 'unsupported' });
  });
});

describe('what stays as it is says why', () => {
  test.each([
    ['MatMul', ['w', 'x'], 'its constant is on the left, where MatMulNBits takes none'],
    ['MatMul', ['x', 'cube'], 'its weight is not a matrix'],
    ['MatMul', ['x', 'x'], 'its weight is not constant'],
  ])('%s of %j', async (opType, inputs, reason) => {
    const model = modelAround({
      inputs: [valueOf('x', 'float32')],
      outputs: [valueOf('y', 'float32'), valueOf('z', 'float32')],
      initializers: [randomWeight('w', [32, 32], 1), randomWeight('cube', [2, 32, 32], 2)],
      nodes: [nodeOf(opType, inputs, ['z']), nodeOf('MatMul', ['x', 'w'], ['y'])],
    });
    // The constant on the left is read by both, so the one on the right needs a weight of its own.
    model.graph?.initializers.push(randomWeight('own', [32, 32], 3));
    const last = model.graph?.nodes.at(-1);
    if (last) last.inputs = ['x', 'own'];
    const { findings } = await quantize(model, settings);
    expect(findings).toContainEqual(
      expect.objectContaining({ kind: 'skipped', message: `1 operator stayed as it was: ${reason}.` }),
    );
  });

  test('hqq without zero points is refused with a sentence', async () => {
    const model = modelAround({ inputs: [valueOf('x', 'float32')], outputs: [valueOf('x', 'float32')] });
    await expect(quantize(model, { method: 'hqq', symmetric: true })).rejects.toMatchObject({
      kind: 'invalid-input',
      message: expect.stringMatching(/\.$/),
    });
  });
});

describe('bfloat16 storage', () => {
  test('gives float32 that is within 8 bits, also inside of a subgraph', async () => {
    const create = () => {
      const then = graphOf({
        outputs: [valueOf('a', 'float32')],
        initializers: [randomWeight('own', [64, 32], 4)],
        nodes: [nodeOf('MatMul', ['x', 'own'], ['a'])],
      });
      const otherwise = graphOf({ outputs: [valueOf('b', 'float32')], nodes: [nodeOf('MatMul', ['x', 'w'], ['b'])] });
      return modelAround({
        inputs: [valueOf('x', 'float32'), valueOf('c', 'bool')],
        outputs: [valueOf('y', 'float32')],
        initializers: [randomWeight('w', [64, 32], 2)],
        nodes: [
          nodeOf(
            'If',
            ['c'],
            ['y'],
            {},
            {
              attributes: [
                { ...createAttribute('then_branch', 0), type: 5, float: undefined, graph: then },
                { ...createAttribute('else_branch', 0), type: 5, float: undefined, graph: otherwise },
              ],
            },
          ),
        ],
      });
    };
    const model = create();
    await quantize(model, {}, 'bfloat16');
    for (const flag of [true, false]) {
      const feeds = { x: x(2, 64), c: { dims: [], values: [flag] } };
      const exact = await runOnFeeds(create(), feeds);
      expect(sqnrDb(exact['y'] ?? [], (await runOnFeeds(model, feeds))['y'] ?? [])).toBeGreaterThan(46);
    }
  });
});
