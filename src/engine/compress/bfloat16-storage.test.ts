import { expect, test } from 'vitest';
import { graphOf, modelOf, nodeOf, randomWeight, valueOf } from '../../../tests/fakes/small-model.ts';
import { createNamer } from '../onnx/create-namer.ts';
import type { GraphProto, NodeProto } from '../onnx/ir.ts';
import { storeAsBfloat16 } from './bfloat16-storage.ts';

const MICROSOFT = { domain: 'com.microsoft' };

/** @returns names of the weights that stay float32 */
function keptOf(nodes: NodeProto[], weights: string[]): string[] {
  const inputs = { x: ['float32', [1, 8]], flag: ['bool', []] } as const;
  const model = modelOf(17, {
    inputs,
    outputs: ['y'],
    nodes,
    weights: weights.map((name, seed) => randomWeight(name, [8], seed)),
  });
  const graph = model.graph as GraphProto;
  storeAsBfloat16(graph, { minimumElements: 0, uniqueName: createNamer(model) });
  return weights.filter((name) => graph.initializers.some((tensor) => tensor.name === name));
}

const blocks = (bits: bigint): NodeProto[] => [
  nodeOf('MatMulNBits', ['x', 'q', 'scales'], ['a'], { bits }, MICROSOFT),
  nodeOf('Add', ['a', 'bias'], ['y']),
];

test.each<[string, NodeProto[], string[]]>([
  ['of blocks of 8 bits', blocks(8n), ['scales']],
  ['of blocks of 4 bits, whose integers err much more, does not', blocks(4n), []],
  [
    'that a Mul joins to the one of the input',
    [
      nodeOf('DynamicQuantizeLinear', ['x'], ['q', 's', 'z']),
      nodeOf('MatMulInteger', ['q', 'w', 'z'], ['sums']),
      nodeOf('Cast', ['sums'], ['floats'], { to: 1n }),
      nodeOf('Mul', ['s', 'scales'], ['factor']),
      nodeOf('Mul', ['floats', 'factor'], ['a']),
      nodeOf('Mul', ['a', 'bias'], ['y']),
    ],
    ['scales'],
  ],
  [
    'of attention in integers',
    [nodeOf('QAttention', ['q', 'w', 'bias', 's', 'scales'], ['y'], {}, MICROSOFT)],
    ['scales', 'bias'],
  ],
  [
    'of a branch',
    [
      nodeOf('If', ['flag'], ['y'], {
        then_branch: graphOf({ outputs: [valueOf('a')], nodes: blocks(8n).slice(0, 1) }),
        else_branch: graphOf({ outputs: [valueOf('b')], nodes: [nodeOf('Neg', ['bias'], ['b'])] }),
      }),
    ],
    ['scales'],
  ],
])('a scale stays float32: %s', (_name, nodes, kept) => {
  expect(keptOf(nodes, ['scales', 'bias'])).toEqual(kept);
});
