import { expect, test } from 'vitest';
import { distanceInUlps } from '../../../../tests/fakes/output-distance.ts';
import { modelOf, nodeOf, randomWeight, runModel } from '../../../../tests/fakes/small-model.ts';
import { cloneModel } from '../../onnx/clone-model.ts';
import type { ModelProto, NodeProto } from '../../onnx/ir.ts';
import { tensorFrom } from '../../onnx/tensor-contents.ts';
import { foldPads } from './fold-pads.ts';

const pads = (name: string, values: number[]) => tensorFrom(name, 'int64', [8], BigInt64Array.from(values, BigInt));
const build = (nodes: NodeProto[], outputs = ['y'], opset = 17): ModelProto =>
  modelOf(opset, {
    inputs: { x: ['float32', [2, 3, 8, 8]] },
    outputs,
    nodes: nodes.map((node) => ({ ...node })),
    weights: [
      randomWeight('w', [4, 3, 3, 3], 1),
      pads('corner', [0, 0, 0, 0, 0, 0, 1, 2]),
      pads('channels', [0, 1, 0, 0, 0, 0, 1, 2]),
      pads('crop', [0, 0, -1, 0, 0, 0, 1, 2]),
      tensorFrom('zero', 'float32', [], Float32Array.of(0)),
      tensorFrom('one', 'float32', [], Float32Array.of(1)),
    ],
  });
const pad = (...more: string[]): NodeProto => nodeOf('Pad', ['x', 'corner', ...more], ['p']);
const conv = nodeOf('Conv', ['p', 'w'], ['y']);

test.each<[string, NodeProto[], number?]>([
  ['a Pad', [pad(), conv]],
  ['a Pad with its value', [pad('zero'), nodeOf('Conv', ['p', 'w'], ['y'], { strides: [2n, 2n] })]],
  ['a Pad before what pads too', [pad(), nodeOf('Conv', ['p', 'w'], ['y'], { pads: [1n, 0n, 1n, 3n] })]],
  [
    'a Pad whose sizes are an attribute',
    [nodeOf('Pad', ['x'], ['p'], { pads: [0n, 0n, 1n, 1n, 0n, 0n, 0n, 2n] }), conv],
    10,
  ],
])('%s becomes a part of the convolution behind it', async (_, nodes, opset) => {
  const model = build(nodes, ['y'], opset);
  const before = cloneModel(model);
  foldPads(model);
  expect(model.graph?.nodes.map(({ opType }) => opType)).toEqual(['Conv']);
  expect(distanceInUlps(await runModel(model), await runModel(before))).toBeLessThan(4);
});

test('of a Pad that two convolutions read both take the sizes', async () => {
  const model = build([pad(), conv, nodeOf('Conv', ['p', 'w'], ['z'], { strides: [2n, 2n] })], ['y', 'z']);
  const before = cloneModel(model);
  foldPads(model);
  expect(model.graph?.nodes.map(({ opType }) => opType)).toEqual(['Conv', 'Conv']);
  expect(distanceInUlps(await runModel(model), await runModel(before))).toBeLessThan(4);
});

test.each<[string, NodeProto[], string[]?]>([
  ['pads with another value', [pad('one'), conv]],
  ['reflects', [nodeOf('Pad', ['x', 'corner'], ['p'], { mode: 'reflect' }), conv]],
  ['crops', [nodeOf('Pad', ['x', 'crop'], ['p']), conv]],
  [
    'pads channels',
    [nodeOf('Pad', ['x', 'channels'], ['p']), nodeOf('MaxPool', ['p'], ['y'], { kernel_shape: [2n, 2n] })],
  ],
  ['others read too', [pad(), conv, nodeOf('Relu', ['p'], ['z'])], ['y', 'z']],
  ['is an output', [pad(), conv], ['y', 'p']],
  ['stands before what finds its own', [pad(), nodeOf('Conv', ['p', 'w'], ['y'], { auto_pad: 'SAME_UPPER' })]],
  ['is excluded', [{ ...pad(), name: 'excluded' }, conv]],
  ['stands before what is excluded', [pad(), { ...conv, name: 'excluded' }]],
])('a Pad that %s stays', (_, nodes, outputs) => {
  const model = build(nodes, outputs);
  foldPads(model, ({ name }) => name === 'excluded');
  expect(model.graph?.nodes).toEqual(nodes);
});
