/** Whether products with activations behind them compute in integers, asked of ONNX Runtime's own optimizer. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { staticOptions } from '../../../../tests/fakes/static-options.ts';
import { modelOf, nodeOf, randomWeight, runModel } from '../../../../tests/fakes/small-model.ts';
import { cloneModel } from '../../onnx/clone-model.ts';
import { createNamer } from '../../onnx/create-namer.ts';
import { editGraph } from '../../onnx/graph-editor.ts';
import type { GraphProto, ModelProto, NodeProto } from '../../onnx/ir.ts';
import { loadModel } from '../../onnx/load-model.ts';
import { tensorFrom } from '../../onnx/tensor-contents.ts';
import { writeModel } from '../../onnx/write-model.ts';
import { loadOnnxRuntime } from '../../runtime/onnxruntime.ts';
import { keepFromClips } from './keep-from-clips.ts';
import { quantizeStatically, type StaticOptions } from './quantize-graph.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whittle-clips-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const single = (name: string, value: number) => tensorFrom(name, 'float32', [], Float32Array.of(value));

function build(nodes: NodeProto[], outputs = ['y'], opset = 17): ModelProto {
  return modelOf(opset, {
    inputs: { x: ['float32', ['batch', 32]] },
    outputs,
    nodes,
    weights: [
      randomWeight('w', [32, 32], 1),
      randomWeight('v', [32, 32], 2),
      randomWeight('b', [32], 3),
      single('zero', 0),
      single('six', 0.5),
    ],
  });
}

async function operatorsOf(model: ModelProto): Promise<string[]> {
  const [path, optimizedModelFilePath] = [join(folder, 'model.onnx'), join(folder, 'optimized.onnx')];
  await writeModel(model, path);
  const ort = await loadOnnxRuntime();
  const session = await ort.InferenceSession.create(path, { graphOptimizationLevel: 'all', optimizedModelFilePath });
  await session.release();
  return ((await loadModel(optimizedModelFilePath)).model.graph?.nodes ?? []).map(({ opType }) => opType);
}

function floatsIn({ bytes }: { bytes: Uint8Array }): Float32Array {
  return new Float32Array(bytes.slice().buffer);
}

const gemm = nodeOf('Gemm', ['x', 'w', 'b'], ['a']);
const relu = nodeOf('Relu', ['a'], ['r']);
const clip = nodeOf('Clip', ['a', 'zero', 'six'], ['r']);
const inFloat = nodeOf('Exp', ['r'], ['y']);
const inIntegers = nodeOf('Gemm', ['r', 'v'], ['y']);

test.each<[string, NodeProto[], Partial<StaticOptions>, Record<string, number>]>([
  ['a Relu that goes on in float32', [gemm, relu, inFloat], {}, { QGemm: 1, Max: 1 }],
  [
    'a Relu without a bias before it',
    [nodeOf('MatMul', ['x', 'w'], ['a']), relu, inFloat],
    {},
    { MatMulIntegerToFloat: 1, Max: 1 },
  ],
  ['a Clip that goes on in float32', [gemm, clip, inFloat], {}, { QGemm: 1, Max: 1, Min: 1 }],
  ['a Clip with one end', [gemm, nodeOf('Clip', ['a', '', 'six'], ['r']), inFloat], {}, { QGemm: 1, Min: 1 }],
  ['a Relu that integers follow', [gemm, relu, inIntegers], {}, { QGemm: 2, QuantizeLinear: 1 }],
  [
    'a Relu that integers with negative ones follow',
    [gemm, relu, inIntegers],
    { isSymmetric: true },
    { QGemm: 2, Max: 1 },
  ],
  [
    'a Relu that goes on in both',
    [gemm, relu, nodeOf('Gemm', ['r', 'v'], ['c']), nodeOf('Add', ['c', 'r'], ['y'])],
    {},
    { QGemm: 2, Max: 1 },
  ],
])('before %s a product computes in integers', async (_, nodes, options, expected) => {
  const exact = build(nodes);
  const quantized = cloneModel(exact);
  const context = { inputs: { kind: 'generated', seed: 3 }, provider: 'node:cpu', onProgress: () => {} } as const;
  await quantizeStatically(quantized, { ...staticOptions, ...options }, context);
  const operators = await operatorsOf(quantized);
  const counts = Object.fromEntries(
    [...Map.groupBy(operators, (type) => type)].map(([type, { length }]) => [type, length]),
  );
  expect(counts).toMatchObject(expected);
  expect(operators).not.toContain('Relu');
  expect(operators).not.toContain('FusedGemm');
  const [wanted, found] = [(await runModel(exact))[0], (await runModel(quantized))[0]].map((output) =>
    floatsIn(output as never),
  ) as [Float32Array, Float32Array];
  const largest = Math.max(...wanted.map(Math.abs));
  expect(Math.max(...found.map((value, index) => Math.abs(value - (wanted[index] as number))))).toBeLessThan(
    0.05 * largest,
  );
});

test.each([{ min: -0.25, max: 0.5 }, { max: 0.5 }, { min: 0 }])(
  'ends that are attributes %j become constants, and the values stay',
  async (ends) => {
    const model = build([nodeOf('MatMul', ['x', 'w'], ['a']), nodeOf('Clip', ['a'], ['y'], ends)], ['y'], 10);
    const before = await runModel(model);
    const graph = model.graph as GraphProto;
    keepFromClips(editGraph(graph, createNamer(model)), graph.nodes.slice(0, 1));
    expect(graph.nodes.map(({ opType }) => opType)).toEqual([
      'MatMul',
      ...('min' in ends ? ['Max'] : []),
      ...('max' in ends ? ['Min'] : []),
    ]);
    expect(await runModel(model)).toEqual(before);
  },
);
