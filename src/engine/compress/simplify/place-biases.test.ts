/** Whether products with additions behind them compute in integers, asked of ONNX Runtime's own optimizer. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloneModel } from '../../onnx/clone-model.ts';
import { loadModel } from '../../onnx/load-model.ts';
import { writeModel } from '../../onnx/write-model.ts';
import type { ModelProto } from '../../onnx/ir.ts';
import { loadOnnxRuntime } from '../../runtime/onnxruntime.ts';
import { modelOf, nodeOf, randomFloats, randomWeight, runOnFeeds } from '../../../../tests/fakes/small-model.ts';
import { staticOptions } from '../../../../tests/fakes/static-options.ts';
import { quantizeStatically, type StaticOptions } from '../static/quantize-graph.ts';

const context = {
  inputs: { kind: 'generated' as const, seed: 3 },
  provider: 'node:cpu' as const,
  onProgress: () => {},
};
const SIZE = 32;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whittle-biases-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** @param added dimensions of what is added to the product; “x”: its own input */
function productAndAddition(shape: readonly (number | string)[], added: number[] | 'x', opset = 17): ModelProto {
  return modelOf(opset, {
    inputs: { x: ['float32', shape] },
    outputs: ['y'],
    nodes: [
      nodeOf('MatMul', ['x', 'w'], ['product']),
      nodeOf('Add', added === 'x' ? ['x', 'product'] : ['b', 'product'], ['sum']),
      nodeOf('Tanh', ['sum'], ['y']),
    ],
    weights: [randomWeight('w', [SIZE, SIZE], 1), ...(added === 'x' ? [] : [randomWeight('b', added, 2)])],
  });
}

async function quantize(model: ModelProto, options: Partial<StaticOptions> = {}) {
  const quantized = cloneModel(model);
  await quantizeStatically(quantized, { ...staticOptions, ...options }, context);
  const [path, optimizedModelFilePath] = [join(folder, 'model.onnx'), join(folder, 'optimized.onnx')];
  await writeModel(quantized, path);
  const ort = await loadOnnxRuntime();
  const session = await ort.InferenceSession.create(path, { graphOptimizationLevel: 'all', optimizedModelFilePath });
  await session.release();
  const { model: optimized } = await loadModel(optimizedModelFilePath);
  return { quantized, operators: (optimized.graph?.nodes ?? []).map(({ opType }) => opType) };
}

test.each([
  [['batch', SIZE], [SIZE], 'QGemm'],
  [[1, SIZE], [SIZE], 'QGemm'],
  [[1, SIZE], [1, SIZE], 'QGemm'],
  [[3, SIZE], [3, SIZE], 'QGemm'],
  [[3, SIZE], 'x', 'QGemm'],
  [[2, 3, SIZE], [SIZE], 'MatMulIntegerToFloat'],
  [[2, 2, 3, SIZE], [SIZE], 'MatMulIntegerToFloat'],
  [['batch', 3, SIZE], [SIZE], 'MatMulIntegerToFloat'],
] as const)('x of %j times a weight, plus %j, computes as %s', async (shape, added, operator) => {
  const model = productAndAddition(shape, added === 'x' ? added : [...added]);
  const dims: number[] = shape.map((size) => (typeof size === 'number' ? size : 1));
  const feeds = {
    x: {
      dims,
      values: randomFloats(
        dims.reduce((total, size) => total * size, 1),
        5,
      ),
    },
  };
  const { quantized, operators } = await quantize(model);
  expect(operators).toContain(operator);
  expect(operators).not.toContain('Gemm');
  const [exact, rounded] = [await runOnFeeds(model, feeds), await runOnFeeds(quantized, feeds)];
  const errors = (exact['y'] ?? []).map((value, position) => Math.abs(value - (rounded['y']?.[position] ?? NaN)));
  expect(Math.max(...errors)).toBeLessThan(0.1);
});

test('an addition to a product of open sizes stays what it is, for other fusions', async () => {
  const { quantized } = await quantize(productAndAddition(['batch', 3, SIZE], [SIZE]));
  expect(quantized.graph?.nodes.map(({ opType }) => opType)).toContain('Add');
});

test.each([
  ['an operator that is not quantized', { operators: ['MatMul'] }],
  ['a type that is excluded', { isExcluded: ({ opType }: { opType: string }) => opType === 'Gemm' }],
])('where Gemm is %s, a product of two dimensions computes in integers all the same', async (_, options) => {
  const { operators } = await quantize(productAndAddition([1, SIZE], [SIZE]), options);
  expect(operators).toContain('MatMulIntegerToFloat');
});

test.each([
  ['int8', [1, SIZE]],
  ['int8', [2, 3, SIZE]],
] as const)('activations in %s of %j load at opset 21, and compute in integers', async (activationType, shape) => {
  const { operators } = await quantize(productAndAddition(shape, [SIZE], 21), { activationType });
  expect(operators).not.toContain('Gemm');
  expect(operators).not.toContain('MatMul');
});

test('a bias that is subtracted is corrected towards the mean of the float model', async () => {
  const model = modelOf(17, {
    inputs: { x: ['float32', [2, 3, SIZE]] },
    outputs: ['y'],
    // Means far from zero, so that errors of weights have one too.
    nodes: [
      nodeOf('Sigmoid', ['x'], ['h']),
      nodeOf('MatMul', ['h', 'w'], ['product']),
      nodeOf('Add', ['product', 'b'], ['y']),
    ],
    weights: [randomWeight('w', [SIZE, SIZE], 1), randomWeight('b', [SIZE], 2)],
  });
  const meanError = async (correctsBias: boolean): Promise<number> => {
    const { quantized } = await quantize(model, { weightLimit: 3, correctsBias });
    expect(quantized.graph?.nodes.at(-1)?.opType).toBe('Sub');
    const sums = new Float64Array(SIZE);
    for (let seed = 10; seed < 30; seed += 1) {
      const values = randomFloats(6 * SIZE, seed);
      const feeds = { x: { dims: [2, 3, SIZE], values } };
      const [exact, rounded] = [await runOnFeeds(model, feeds), await runOnFeeds(quantized, feeds)];
      for (const [position, value] of (exact['y'] ?? []).entries()) {
        const channel = position % SIZE;
        sums[channel] = (sums[channel] as number) + value - (rounded['y']?.[position] ?? NaN);
      }
    }
    return sums.reduce((total, sum) => total + Math.abs(sum), 0);
  };
  expect(await meanError(true)).toBeLessThan(0.3 * (await meanError(false)));
});

test.each([[[SIZE]], [[1, SIZE]], [[1]], [[]], [[1, 1]]])(
  'a Gemm with a bias of %j computes in integers',
  async (dims) => {
    const model = modelOf(17, {
      inputs: { x: ['float32', [2, SIZE]] },
      outputs: ['y'],
      nodes: [nodeOf('Gemm', ['x', 'w', 'b'], ['y'])],
      weights: [randomWeight('w', [SIZE, SIZE], 1), randomWeight('b', dims, 2)],
    });
    const feeds = { x: { dims: [2, SIZE], values: randomFloats(2 * SIZE, 5) } };
    const { quantized, operators } = await quantize(model);
    expect(operators).toContain('QGemm');
    const [exact, rounded] = [await runOnFeeds(model, feeds), await runOnFeeds(quantized, feeds)];
    const errors = (exact['y'] ?? []).map((value, position) => Math.abs(value - (rounded['y']?.[position] ?? NaN)));
    expect(Math.max(...errors)).toBeLessThan(0.1);
  },
);
