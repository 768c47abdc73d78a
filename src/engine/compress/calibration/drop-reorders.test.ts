import { expect, test } from 'vitest';
import { modelOf, nodeOf } from '../../../../tests/fakes/small-model.ts';
import type { GraphProto, NodeProto } from '../../onnx/ir.ts';
import { dropReorders } from './drop-reorders.ts';

const blocked = (node: NodeProto): NodeProto => Object.assign(node, { domain: 'com.microsoft.nchwc' });

/** A pool of blocks of channels, what reorders them, and what else reads the pool. */
function pooled({ opType = 'GlobalMaxPool', channels = 64n, last = 0n, others = [] as NodeProto[] } = {}): GraphProto {
  const { graph } = modelOf(17, {
    inputs: { x: ['float32', [1, 64, 8, 8]] },
    outputs: ['seen'],
    nodes: [
      blocked(nodeOf(opType, ['x'], ['blocks'])),
      blocked(nodeOf('ReorderOutput', ['blocks'], ['seen'], { channels, channels_last: last })),
      ...others,
    ],
  });
  return graph as GraphProto;
}

test.each(['GlobalMaxPool', 'GlobalAveragePool'])('whole blocks of %s need no reordering', (opType) => {
  const graph = pooled({ opType });
  dropReorders(graph);
  expect(graph.nodes.map((node) => [node.opType, ...node.outputs])).toEqual([[opType, 'seen']]);
});

test.each([
  ['channels fill no whole blocks', { channels: 24n }],
  ['channels shall be last', { last: 1n }],
  ['channels have more than one value', { opType: 'MaxPool' }],
  ['the blocks are read elsewhere', { others: [nodeOf('Identity', ['blocks'], ['more'])] }],
])('nothing is dropped where %s', (_, about) => {
  const graph = pooled(about);
  const before = structuredClone(graph.nodes.map(({ opType, inputs, outputs }) => ({ opType, inputs, outputs })));
  dropReorders(graph);
  expect(graph.nodes.map(({ opType, inputs, outputs }) => ({ opType, inputs, outputs }))).toEqual(before);
});
