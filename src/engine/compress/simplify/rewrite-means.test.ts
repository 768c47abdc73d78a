import { expect, test } from 'vitest';
import { distanceInUlps } from '../../../../tests/fakes/output-distance.ts';
import { modelOf, nodeOf, runModel } from '../../../../tests/fakes/small-model.ts';
import { cloneModel } from '../../onnx/clone-model.ts';
import type { ModelProto, NodeProto } from '../../onnx/ir.ts';
import { tensorFrom } from '../../onnx/tensor-contents.ts';
import { rewriteMeans } from './rewrite-means.ts';

const build = (nodes: NodeProto[], opset = 17): ModelProto =>
  modelOf(opset, {
    inputs: { x: ['float32', ['batch', 3, 5, 7]] },
    outputs: ['y'],
    nodes: nodes.map((node) => ({ ...node })),
    weights: [tensorFrom('axes', 'int64', [2], BigInt64Array.of(-1n, -2n))],
  });
const mean = (input: string, axes: bigint[], keepdims: bigint): NodeProto =>
  nodeOf('ReduceMean', [input], ['y'], { axes, keepdims });
const last = nodeOf('Transpose', ['x'], ['t'], { perm: [0n, 2n, 3n, 1n] });
const first = nodeOf('Transpose', ['x'], ['t'], { perm: [0n, 3n, 1n, 2n] });

test.each<[string, NodeProto[], string[], number?]>([
  ['over rows and columns', [mean('x', [2n, 3n], 1n)], ['GlobalAveragePool']],
  ['over the last two axes', [mean('x', [-2n, -1n], 0n)], ['GlobalAveragePool', 'Flatten']],
  ['over axes that are an input', [nodeOf('ReduceMean', ['x', 'axes'], ['y'])], ['GlobalAveragePool'], 18],
  ['behind channels that were brought to the end', [last, mean('t', [1n, 2n], 0n)], ['GlobalAveragePool', 'Flatten']],
])('a mean %s becomes pooling', async (_, nodes, expected, opset) => {
  const model = build(nodes, opset);
  const before = cloneModel(model);
  rewriteMeans(model);
  expect(model.graph?.nodes.map(({ opType }) => opType)).toEqual(expected);
  expect(distanceInUlps(await runModel(model), await runModel(before))).toBeLessThan(8);
});

test.each<[string, NodeProto[]]>([
  ['over one axis', [mean('x', [2n], 1n)]],
  ['over channels', [mean('x', [1n, 2n], 1n)]],
  ['over all axes', [nodeOf('ReduceMean', ['x'], ['y'])]],
  ['behind another order of axes', [first, mean('t', [1n, 2n], 0n)]],
  ['that keeps axes behind channels at the end', [last, mean('t', [1n, 2n], 1n)]],
  ['of three axes', [nodeOf('Flatten', ['x'], ['t'], { axis: 2n }), mean('t', [1n], 0n)]],
  ['that is excluded', [{ ...mean('x', [2n, 3n], 1n), name: 'excluded' }]],
])('a mean %s stays', (_, nodes) => {
  const model = build(nodes);
  rewriteMeans(model, ({ name }) => name === 'excluded');
  expect(model.graph?.nodes).toEqual(nodes);
});
