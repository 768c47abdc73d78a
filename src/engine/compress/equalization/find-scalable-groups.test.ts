import { expect, test } from 'vitest';
import { modelOf, nodeOf, randomWeight, runModel } from '../../../../tests/fakes/small-model.ts';
import { cloneModel } from '../../onnx/clone-model.ts';
import type { GraphProto, NodeProto, TensorProto } from '../../onnx/ir.ts';
import { tensorFrom } from '../../onnx/tensor-contents.ts';
import { findScalableGroups } from './find-scalable-groups.ts';
import { rescaleGroups } from './rescale-groups.ts';

const integers = (name: string, values: number[]): TensorProto =>
  tensorFrom(name, 'int64', [values.length], BigInt64Array.from(values, BigInt));

/** @param between turns `n`, a normalized tensor of shape [batch, 6, 8], into `t` */
function build(between: NodeProto[], weights: TensorProto[]) {
  return modelOf(17, {
    inputs: { x: ['float32', ['batch', 6, 8]] },
    outputs: ['y'],
    nodes: [
      nodeOf('LayerNormalization', ['x', 'scale', 'shift'], ['n']),
      ...between,
      nodeOf('MatMul', ['t', 'w'], ['y']),
    ],
    weights: [randomWeight('scale', [8], 1), randomWeight('shift', [8], 2), randomWeight('w', [8, 3], 3), ...weights],
  });
}

test.each([
  ['tokens in a row', [nodeOf('Reshape', ['n', 's'], ['t'])], [integers('s', [-1, 8])]],
  ['positions first', [nodeOf('Transpose', ['n'], ['t'], { perm: [1n, 0n, 2n] })], []],
  ['an axis more', [nodeOf('Unsqueeze', ['n', 's'], ['t'])], [integers('s', [1])]],
  [
    'windows, back and forth',
    [nodeOf('Reshape', ['n', 's'], ['u']), nodeOf('Flatten', ['u'], ['t'], { axis: 3n })],
    [integers('s', [-1, 2, 3, 8])],
  ],
])('factors go through what leaves the last axis as it is: %s', async (_, between, weights) => {
  const model = build(between, weights);
  const groups = findScalableGroups(model.graph as GraphProto);
  expect(groups).toHaveLength(1);
  expect(groups[0]).toMatchObject({ channelCount: 8, tensors: ['n', ...between.flatMap(({ outputs }) => outputs)] });
  const scaled = cloneModel(model);
  const [group] = findScalableGroups(scaled.graph as GraphProto);
  rescaleGroups(
    scaled,
    new Map([[group as never, Float64Array.from({ length: 8 }, (__, channel) => 2 ** (channel - 3))]]),
  );
  const [before, after] = [(await runModel(model))[0], (await runModel(scaled))[0]];
  const read = (bytes: Uint8Array = new Uint8Array()) => new Float32Array(bytes.slice().buffer);
  expect(read(before?.bytes).length).toBe(2 * 6 * 3);
  for (const [index, value] of read(after?.bytes).entries())
    expect(value).toBeCloseTo(read(before?.bytes)[index] as number, 4);
});

test.each([
  [[4], 1],
  [[1, 4], 1],
  // One value for each row, which is no channel.
  [[4, 1], 0],
])('a bias of the shape %j goes with the channels that it is added to', async (dims, groupCount) => {
  const model = modelOf(17, {
    inputs: { x: ['float32', [4, 3]] },
    outputs: ['y'],
    nodes: [nodeOf('Gemm', ['x', 'v', 'b'], ['a']), nodeOf('Relu', ['a'], ['r']), nodeOf('MatMul', ['r', 'w'], ['y'])],
    weights: [randomWeight('v', [3, 4], 1), randomWeight('b', dims, 2), randomWeight('w', [4, 3], 3)],
  });
  const scaled = cloneModel(model);
  const groups = findScalableGroups(scaled.graph as GraphProto);
  expect(groups).toHaveLength(groupCount);
  rescaleGroups(scaled, new Map(groups.map((group) => [group, Float64Array.of(1, 2, 1 / 4, 8)])));
  // Powers of two round nothing.
  expect(await runModel(scaled)).toEqual(await runModel(model));
});

test.each([
  ['other channels come last', [nodeOf('Reshape', ['n', 's'], ['t'])], [integers('s', [-1, 6, 4, 2])]],
  ['they change places', [nodeOf('Transpose', ['n'], ['t'], { perm: [0n, 2n, 1n] })], []],
])('but not where %s', (_, between, weights) => {
  expect(findScalableGroups(build(between, weights).graph as GraphProto)).toEqual([]);
});

test('nor where the channels of an image come to stand in its width', () => {
  const { graph } = modelOf(17, {
    inputs: { x: ['float32', [1, 3, 8, 8]] },
    outputs: ['y'],
    nodes: [
      nodeOf('Conv', ['x', 'k'], ['c']),
      nodeOf('Reshape', ['c', 's'], ['t']),
      nodeOf('MatMul', ['t', 'w'], ['y']),
    ],
    weights: [randomWeight('k', [8, 3, 1, 1], 1), randomWeight('w', [8, 3], 2), integers('s', [-1, 8])],
  });
  expect(findScalableGroups(graph as GraphProto)).toEqual([]);
});
