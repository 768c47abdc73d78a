import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { staticOptions } from '../../../../tests/fakes/static-options.ts';
import { modelOf, nodeOf, randomFloats, randomWeight, runModel, valueOf } from '../../../../tests/fakes/small-model.ts';
import { createNamer } from '../../onnx/create-namer.ts';
import { editGraph } from '../../onnx/graph-editor.ts';
import type { GraphProto, ModelProto } from '../../onnx/ir.ts';
import { rawBytesOf, tensorFrom } from '../../onnx/tensor-contents.ts';
import { quantizeStatically } from './quantize-graph.ts';
import { createUnpacker, integersTensor, storedTypeOf, zeroPointsTensor } from './store-integers.ts';

const context = { inputs: { kind: 'generated', seed: 1 }, provider: 'node:cpu', onProgress: () => {} } as const;

test('integers of 4 bits come back as they were', async () => {
  const model = modelOf(13, { inputs: {}, outputs: [], nodes: [] });
  const graph = model.graph as GraphProto;
  const editor = editGraph(graph, createNamer(model));
  const unpack = createUnpacker(editor, (...nodes) => editor.append(...nodes));
  const [values] = fc.sample(fc.int8Array({ minLength: 64, maxLength: 64, min: -7, max: 7 }), { seed: 1, numRuns: 1 });
  const all = Int8Array.of(
    ...Array.from({ length: 15 * 15 }, (_, pair) => [(pair % 15) - 7, Math.floor(pair / 15) - 7]).flat(),
  );
  const weights = [
    { values: all, dims: [15, 30] },
    { values: values as Int8Array, dims: [2, 4, 8] },
    { values: (values as Int8Array).toReversed(), dims: [2, 4, 8] },
  ];
  for (const { values: own, dims } of weights) {
    const packed = editor.addTensor(integersTensor(editor.uniqueName('w'), own, 'int4', dims));
    graph.outputs.push(valueOf(unpack(packed, dims), 'int8', dims));
  }
  const outputs = await runModel(model);
  expect(outputs.map(({ dims, bytes }) => ({ dims, values: new Int8Array(bytes) }))).toEqual(
    weights.map(({ dims, values: own }) => ({ dims, values: own })),
  );
});

test.each<[number[], 'int4' | 'int8', 'int4' | 'int8']>([
  [[32, 32], 'int4', 'int4'],
  [[32, 31], 'int4', 'int8'],
  [[33, 33], 'int4', 'int8'],
  [[32, 32], 'int8', 'int8'],
])('a weight of %j that is wanted in %s is kept in %s', (dims, wanted, expected) => {
  expect(storedTypeOf(randomWeight('w', dims, 1), wanted)).toBe(expected);
});

describe('integers as their type holds them', () => {
  test('of 4 bits are two in a byte, the first in the low bits', () => {
    const tensor = integersTensor('w', Int8Array.of(1, -7, 7, -1), 'int4', [2, 2]);
    expect(tensor.dims).toEqual([2]);
    expect([...rawBytesOf(tensor)]).toEqual([0x91, 0xf7]);
  });

  test('in uint8 stand around 128', () => {
    const tensor = integersTensor('w', Int8Array.of(-127, 0, 127), 'uint8', [3]);
    expect([...rawBytesOf(tensor)]).toEqual([1, 128, 255]);
    expect([...rawBytesOf(zeroPointsTensor('z', 'uint8', [2]))]).toEqual([128, 128]);
    expect([...rawBytesOf(zeroPointsTensor('z', 'int4', []))]).toEqual([0]);
  });
});

test('weights in 4 bits give the outputs of the same integers in 8, bit by bit', async () => {
  const build = (): ModelProto =>
    modelOf(17, {
      inputs: { x: ['float32', [1, 4, 8, 8]] },
      outputs: ['y'],
      nodes: [
        nodeOf('Conv', ['x', 'kernel'], ['a']),
        nodeOf('Relu', ['a'], ['b']),
        nodeOf('Flatten', ['b'], ['c']),
        nodeOf('Gemm', ['c', 'matrix', 'bias'], ['y']),
      ],
      weights: [
        randomWeight('kernel', [32, 4, 3, 3], 1),
        randomWeight('matrix', [32 * 36, 10], 2),
        tensorFrom('bias', 'float32', [10], randomFloats(10, 3)),
      ],
    });
  const outputs = [];
  for (const weightType of ['int4', 'int8'] as const) {
    const model = build();
    await quantizeStatically(model, { ...staticOptions, weightType, weightLimit: 7 }, context);
    outputs.push((await runModel(model))[0]?.bytes);
  }
  expect(outputs[0]).toEqual(outputs[1]);
  expect(new Set(outputs[0]).size).toBeGreaterThan(5);
});
