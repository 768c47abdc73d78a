/** What stands between products, as ONNX Runtime computes it: a hard swish with a shift behind it, a gate, upsampling and a Concat. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { modelOf, nodeOf, randomWeight, runModel } from '../../../../tests/fakes/small-model.ts';
import { staticOptions } from '../../../../tests/fakes/static-options.ts';
import { cloneModel } from '../../onnx/clone-model.ts';
import { indexGraph } from '../../onnx/graph-index.ts';
import type { GraphProto, ModelProto, NodeProto } from '../../onnx/ir.ts';
import { elementTypeOf } from '../../onnx/element-types.ts';
import { floatsOf, integersOf, tensorFrom } from '../../onnx/tensor-contents.ts';
import { writeModel } from '../../onnx/write-model.ts';
import { measureDistance } from '../../quality/fidelity-meter.ts';
import { findShapes } from '../calibration/find-shapes.ts';
import { readOptimizedGraph } from '../checks/optimized-graph.ts';
import { foldAll } from '../passes/fold-batch-norm.ts';
import { rewriteGates } from '../simplify/rewrite-gates.ts';
import { quantizeStatically, type StaticOptions } from './quantize-graph.ts';

vi.mock('../calibration/find-shapes.ts', { spy: true });

const single = (name: string, value: number) => tensorFrom(name, 'float32', [], Float32Array.of(value));
const padded = { pads: [1n, 1n, 1n, 1n] };

/** @param shift behind the hard swish */
function build(shift: number): ModelProto {
  return modelOf(14, {
    inputs: { x: ['float32', [1, 3, 16, 16]] },
    outputs: ['y'],
    nodes: [
      nodeOf('Conv', ['x', 'w'], ['a'], { strides: [2n, 2n], ...padded }),
      nodeOf('HardSwish', ['a'], ['h']),
      nodeOf('Add', ['h', 'shift'], ['b']),
      nodeOf('Conv', ['b', 'v'], ['c'], padded),
      nodeOf('GlobalAveragePool', ['c'], ['g']),
      nodeOf('Conv', ['g', 'u'], ['d']),
      nodeOf('HardSigmoid', ['d'], ['s']),
      nodeOf('Mul', ['c', 's'], ['m']),
      nodeOf('Add', ['c', 'm'], ['e']),
      nodeOf('Resize', ['e', '', 'scales'], ['r'], { mode: 'nearest', coordinate_transformation_mode: 'asymmetric' }),
      nodeOf('Conv', ['x', 'w'], ['f'], padded),
      nodeOf('Concat', ['r', 'f'], ['k'], { axis: 1n }),
      nodeOf('Conv', ['k', 'z'], ['y']),
    ],
    weights: [
      randomWeight('w', [8, 3, 3, 3], 1),
      randomWeight('v', [8, 8, 3, 3], 2),
      randomWeight('u', [8, 8, 1, 1], 3),
      randomWeight('z', [4, 16, 1, 1], 4),
      single('shift', shift),
      tensorFrom('scales', 'float32', [4], Float32Array.of(1, 1, 2, 2)),
    ],
  });
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whittle-carried-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function quantize(model: ModelProto, changed: Partial<StaticOptions> = {}): Promise<ModelProto> {
  const quantized = cloneModel(model);
  foldAll(quantized);
  rewriteGates(quantized);
  const context = {
    inputs: { kind: 'generated' as const, seed: 3 },
    provider: 'node:cpu' as const,
    onProgress: () => {},
  };
  await quantizeStatically(quantized, { ...staticOptions, operators: ['Conv'], ...changed }, context);
  return quantized;
}

async function noiseOf(quantized: ModelProto, model: ModelProto): Promise<number> {
  const [exact, rounded] = await Promise.all(
    [model, quantized].map(async (item) => {
      const [output] = await runModel(item, { seed: 3 });
      if (!output) throw new Error('There is no output.');
      return new Float32Array(output.bytes.slice().buffer);
    }),
  );
  const { signal, noise } = measureDistance(exact as Float32Array, rounded as Float32Array);
  return noise / signal;
}

test.each([0.4, -0.7, 11])('all of it computes in integers, with a shift of %s', async (shift) => {
  const model = build(shift);
  const quantized = await quantize(model);
  const path = join(folder, `${shift}.onnx`);
  await writeModel(quantized, path);
  const optimized = await readOptimizedGraph(path, { folder, sizeBytes: statSync(path).size });
  const counts: Record<string, number> = {};
  for (const { opType } of optimized?.graph?.nodes ?? []) counts[opType] = (counts[opType] ?? 0) + 1;
  delete counts['Transpose'];
  // The additions: one before the clip of the hard swish, one to the gate. The shift is none.
  expect(counts).toEqual({
    QuantizeLinear: 1,
    QLinearConv: 5,
    QLinearAdd: 2,
    QLinearMul: 2,
    QLinearGlobalAveragePool: 1,
    Resize: 1,
    QLinearConcat: 1,
    DequantizeLinear: 1,
  });
  expect(await noiseOf(quantized, model)).toBeLessThan(3e-3);
});

test.each([
  ['int8', 0],
  ['uint8', 128],
] as const)('symmetric activations in %s keep their zero points, and the addition', async (activationType, middle) => {
  const graph = (await quantize(build(0.4), { activationType, weightType: 'uint8', isSymmetric: true }))
    .graph as GraphProto;
  expect(graph.nodes.filter(({ opType }) => opType === 'Add')).toHaveLength(3);
  const index = indexGraph(graph);
  const zeroPoints = graph.nodes.flatMap(({ opType, inputs: [, , name = ''] }) => {
    const tensor = opType === 'DequantizeLinear' ? index.constantOf(name) : undefined;
    return tensor && elementTypeOf(tensor.dataType) === activationType ? integersOf(tensor) : [];
  });
  expect(new Set(zeroPoints)).toEqual(new Set([middle]));
});

test.each([
  ['never', 1],
  ['always', 2],
] as const)('where small products stay float32 %s, shapes are asked for %d times', async (keepsSmall, count) => {
  vi.mocked(findShapes).mockClear();
  await quantize(build(0.4), { keepsSmall });
  expect(findShapes).toHaveBeenCalledTimes(count);
});

test('integers cost little more than conversions around float operators do', async () => {
  const model = build(0.4);
  const [carried, converted] = [await quantize(model), await quantize(model, { carries: false })];
  expect(await noiseOf(carried, model)).toBeLessThan(2 * (await noiseOf(converted, model)));
});

test('layers that are left out one after the other leave shifts and shared scales to what they were', async () => {
  const model = build(0.4);
  const mixing = { target: { leastSqnrDb: 40, leastCosine: 0.999 }, mostFloatShare: 0.9 };
  const [mixed, all] = [await quantize(model, { mixing }), await quantize(model)];
  expect(await noiseOf(mixed, model)).toBeLessThan(await noiseOf(all, model));
});

test('a shift behind a Concat stays an addition where what the Concat reads has its scale', async () => {
  const model = modelOf(14, {
    inputs: { x: ['float32', [1, 3, 8, 8]] },
    outputs: ['y'],
    nodes: [
      nodeOf('Conv', ['x', 'w'], ['a'], padded),
      nodeOf('Conv', ['x', 'v'], ['b'], padded),
      nodeOf('Concat', ['a', 'b'], ['k'], { axis: 1n }),
      nodeOf('Add', ['k', 'shift'], ['s']),
      nodeOf('Conv', ['s', 'u'], ['y'], padded),
    ],
    weights: [
      randomWeight('w', [4, 3, 3, 3], 1),
      randomWeight('v', [4, 3, 3, 3], 2),
      randomWeight('u', [4, 8, 3, 3], 3),
      single('shift', 0.4),
    ],
  });
  const quantized = await quantize(model);
  expect(quantized.graph?.nodes.filter(({ opType }) => opType === 'Add')).toHaveLength(1);
  expect(await noiseOf(quantized, model)).toBeLessThan(3e-3);
});

test('what a Concat reads and nobody else has its scale', async () => {
  const graph = (await quantize(build(0.4))).graph as GraphProto;
  const index = indexGraph(graph);
  const concat = graph.nodes.find(({ opType }) => opType === 'Concat');
  const [result] = index.consumersOf(concat?.outputs[0] ?? '');
  const scaleOf = (name: string | undefined): number =>
    floatsOf(index.constantOf(name ?? '') as NonNullable<ReturnType<typeof index.constantOf>>)[0] as number;
  for (const name of concat?.inputs ?? []) {
    expect(scaleOf(index.producerOf(name)?.inputs[1])).toBe(scaleOf(result?.inputs[1]));
  }
});

test.each([
  ['Relu', ['k']],
  ['Clip', ['k', 'zero', 'one']],
])('what a Concat with a %s behind it reads has the scale of what that makes', async (opType, inputs) => {
  const model = modelOf(14, {
    inputs: { x: ['float32', [1, 3, 8, 8]] },
    outputs: ['y'],
    nodes: [
      nodeOf('Conv', ['x', 'v'], ['a']),
      nodeOf('Conv', ['x', 'w'], ['b']),
      nodeOf('Concat', ['a', 'b'], ['k'], { axis: 1n }),
      nodeOf(opType, inputs, ['r']),
      nodeOf('Conv', ['r', 'u'], ['y']),
    ],
    weights: [
      randomWeight('v', [4, 3, 1, 1], 1),
      randomWeight('w', [4, 3, 1, 1], 2),
      randomWeight('u', [4, 8, 1, 1], 3),
      single('zero', 0),
      single('one', 1),
    ],
  });
  const quantized = await quantize(model);
  const scales = (quantized.graph as GraphProto).nodes
    .filter((node) => node.opType === 'QuantizeLinear' && ['a', 'b', 'r'].includes(node.inputs[0] ?? ''))
    .map((node) => indexGraph(quantized.graph as GraphProto).constantOf(node.inputs[1] ?? ''))
    .map((tensor) => tensor && floatsOf(tensor)[0]);
  expect(scales).toHaveLength(3);
  expect(new Set(scales).size).toBe(1);
  expect(await noiseOf(quantized, model)).toBeLessThan(1e-3);
});

test('a bias that a Constant node holds is corrected as a weight is', async () => {
  const bias = { value: tensorFrom('', 'float32', [4], Float32Array.of(1, 2, 3, 4)) };
  const model = modelOf(13, {
    // Behind a product of open sizes it stays an addition.
    inputs: { x: ['float32', ['batch', 5, 8]] },
    outputs: ['y'],
    nodes: [nodeOf('MatMul', ['x', 'w'], ['a']), nodeOf('Constant', [], ['b'], bias), nodeOf('Add', ['a', 'b'], ['y'])],
    weights: [randomWeight('w', [8, 4], 1)],
  });
  const { initializers } = (
    await quantize(model, { operators: ['MatMul'], correctsBias: true, activationType: 'int8', weightLimit: 7 })
  ).graph as GraphProto;
  const corrected = initializers.find(({ name }) => name === 'b');
  expect(corrected && [...floatsOf(corrected)]).toEqual([1, 2, 3, 4].map((value) => expect.closeTo(value, 0)));
  expect(corrected && [...floatsOf(corrected)]).not.toEqual([1, 2, 3, 4]);
});

test('weights of matrix products are reconstructed without a bias behind them too', async () => {
  const model = modelOf(13, {
    inputs: { x: ['float32', [256, 4]] },
    outputs: ['y'],
    // What the second one reads are 16 sums of 4 values, so that errors of its weights can make up for each other.
    nodes: [nodeOf('MatMul', ['x', 'w'], ['a']), nodeOf('MatMul', ['a', 'v'], ['y'])],
    weights: [randomWeight('w', [4, 16], 1), randomWeight('v', [16, 4], 2)],
  });
  const changed = {
    operators: ['MatMul'],
    isExcluded: ({ name }: NodeProto) => name === 'MatMul_a',
    correctsBias: true,
    weightLimit: 7,
  };
  const [nearest, found] = [await quantize(model, changed), await quantize(model, { ...changed, reconstructs: true })];
  expect(await noiseOf(found, model)).toBeLessThan((await noiseOf(nearest, model)) / 2);
});
