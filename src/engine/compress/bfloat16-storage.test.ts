import { expect, test } from 'vitest';
import { graphOf, modelOf, nodeOf, randomWeight, runModel, valueOf } from '../../../tests/fakes/small-model.ts';
import { distanceInUlps } from '../../../tests/fakes/output-distance.ts';
import { createNamer } from '../onnx/create-namer.ts';
import type { GraphProto, ModelProto, NodeProto } from '../onnx/ir.ts';
import { tensorFrom } from '../onnx/tensor-contents.ts';
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

/** A product whose weight is integers with a scale for each of 300 channels; what else it reads is powers of two, which bfloat16 holds. */
function dequantizing(type: 'int8' | 'int4'): ModelProto {
  const bytes = Int8Array.from({ length: (8 * 300 * (type === 'int4' ? 4 : 8)) / 8 }, (_, index) => (index * 37) % 251);
  const factors = Float32Array.from({ length: 300 }, (_, index) => 2 ** (index % 5));
  return modelOf(21, {
    inputs: { x: ['float32', [1, 8]] },
    outputs: ['y'],
    nodes: [
      nodeOf('DequantizeLinear', ['w', 'scales'], ['weight'], { axis: 1n }),
      nodeOf('MatMul', ['x', 'weight'], ['a']),
      nodeOf('Mul', ['a', 'factors'], ['y']),
    ],
    weights: [
      tensorFrom('w', type, [8, 300], bytes),
      randomWeight('scales', [300], 1),
      tensorFrom('factors', 'float32', [300], factors),
    ],
  });
}

test.each([
  ['int8', true, ['factors']],
  ['int4', false, ['scales', 'factors']],
] as const)('scales of many channels of %s stay exact: %s', async (type, isExact, converted) => {
  const model = dequantizing(type);
  const before = await runModel(model);
  storeAsBfloat16(model.graph as GraphProto, { minimumElements: 256, uniqueName: createNamer(model) });
  const casts = model.graph?.nodes.filter(({ opType }) => opType === 'Cast') ?? [];
  expect(casts.flatMap(({ outputs }) => outputs)).toEqual(converted);
  const distance = distanceInUlps(await runModel(model), before);
  expect(distance === 0).toBe(isExact);
});
