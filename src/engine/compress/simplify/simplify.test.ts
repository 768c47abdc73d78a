/** Small models before and after, in the real ONNX Runtime: the same outputs within rounding, from fewer or other operators. */
import { expect, test } from 'vitest';
import { distanceInUlps } from '../../../../tests/fakes/output-distance.ts';
import { modelOf, nodeOf, randomWeight, runModel } from '../../../../tests/fakes/small-model.ts';
import { cloneModel } from '../../onnx/clone-model.ts';
import type { GraphProto, ModelProto, NodeProto, TensorProto } from '../../onnx/ir.ts';
import { tensorFrom } from '../../onnx/tensor-contents.ts';
import { foldAll } from '../passes/fold-batch-norm.ts';
import { rewriteGates } from './rewrite-gates.ts';

const weight = (name: string, dims: number[]): TensorProto => randomWeight(name, dims, dims.length);
const single = (name: string, value: number, dims: number[] = []): TensorProto =>
  tensorFrom(name, 'float32', dims, Float32Array.of(value));
const weights = [
  weight('w', [4, 3, 3, 3]),
  weight('v', [4, 4, 3, 3]),
  weight('u', [4, 4, 1, 1]),
  weight('transposed', [4, 5, 2, 2]),
  weight('channels', [4, 1, 1]),
  weight('moreChannels', [1, 5, 1, 1]),
  weight('rows', [4]),
  single('three', 3),
  single('six', 6, [1]),
  single('zero', 0),
  single('factor', -0.7, [1]),
  single('deep', 2, [1, 1, 1, 1, 1]),
];
const padded = { pads: [1n, 1n, 1n, 1n] };
const first = nodeOf('Conv', ['x', 'w'], ['a'], padded);
const build = (nodes: NodeProto[], outputs = ['y']): ModelProto =>
  modelOf(14, { inputs: { x: ['float32', [2, 3, 8, 8]] }, outputs, nodes, weights });
const swish = (input: string, output: string): NodeProto[] => [
  nodeOf('Add', [input, 'three'], ['s']),
  nodeOf('Clip', ['s', 'zero', 'six'], ['c']),
  nodeOf('Mul', [input, 'c'], ['p']),
  nodeOf('Div', ['p', 'six'], [output]),
];

type Case = { nodes: NodeProto[]; becomes: string; rewrites?: boolean };
const cases: Record<string, Case> = {
  'factors and shifts after a convolution': {
    nodes: [
      first,
      nodeOf('Mul', ['channels', 'a'], ['b']),
      nodeOf('Sub', ['b', 'three'], ['c']),
      nodeOf('Div', ['c', 'six'], ['d']),
      nodeOf('Sub', ['three', 'd'], ['y']),
    ],
    becomes: 'Conv',
  },
  'a shift after a transposed convolution': {
    nodes: [
      first,
      nodeOf('ConvTranspose', ['a', 'transposed'], ['b'], { strides: [2n, 2n] }),
      nodeOf('Add', ['b', 'moreChannels'], ['y']),
    ],
    becomes: 'Conv ConvTranspose',
  },
  'a factor and a shift before a convolution without padding': {
    nodes: [
      nodeOf('Relu', ['x'], ['a']),
      nodeOf('Mul', ['a', 'factor'], ['b']),
      nodeOf('Add', ['b', 'three'], ['c']),
      nodeOf('Conv', ['c', 'w'], ['y']),
    ],
    becomes: 'Relu Conv',
  },
  'a factor and a shift before a convolution with padding, which keeps the shift': {
    nodes: [
      nodeOf('Relu', ['x'], ['a']),
      nodeOf('Mul', ['a', 'factor'], ['b']),
      nodeOf('Add', ['b', 'three'], ['c']),
      nodeOf('Conv', ['c', 'w'], ['y'], padded),
    ],
    becomes: 'Relu Add Conv',
  },
  'a factor that others read too': {
    nodes: [first, nodeOf('Mul', ['a', 'factor'], ['b']), nodeOf('Add', ['a', 'b'], ['y'])],
    becomes: 'Conv Mul Add',
  },
  'a shift along rows, which is not one of channels': {
    nodes: [nodeOf('Conv', ['x', 'w'], ['a'], { strides: [2n, 2n], ...padded }), nodeOf('Add', ['a', 'rows'], ['y'])],
    becomes: 'Conv Add',
  },
  'a factor that adds a dimension': { nodes: [first, nodeOf('Mul', ['a', 'deep'], ['y'])], becomes: 'Conv Mul' },
  'a hard swish in four operators': {
    nodes: [first, ...swish('a', 'h'), nodeOf('Conv', ['h', 'v'], ['y'], padded)],
    becomes: 'Conv Add Clip Mul Conv',
    rewrites: true,
  },
  'a hard swish in one operator': {
    nodes: [first, nodeOf('HardSwish', ['a'], ['h']), nodeOf('Conv', ['h', 'v'], ['y'], padded)],
    becomes: 'Conv Add Clip Mul Conv',
    rewrites: true,
  },
  'a hard swish that is an output': {
    nodes: [first, nodeOf('HardSwish', ['a'], ['y'])],
    becomes: 'Conv Add Clip Mul Mul',
    rewrites: true,
  },
  'a gate of channels': {
    nodes: [
      first,
      nodeOf('GlobalAveragePool', ['a'], ['g']),
      nodeOf('Conv', ['g', 'u'], ['b']),
      nodeOf('HardSigmoid', ['b'], ['s']),
      nodeOf('Mul', ['a', 's'], ['y']),
    ],
    becomes: 'Conv GlobalAveragePool Conv Clip Mul',
    rewrites: true,
  },
  'a gate of channels beside what it gates': {
    nodes: [
      first,
      nodeOf('GlobalAveragePool', ['a'], ['g']),
      nodeOf('Conv', ['g', 'u'], ['b']),
      nodeOf('HardSigmoid', ['b'], ['s']),
      nodeOf('Mul', ['a', 's'], ['m']),
      nodeOf('Add', ['a', 'm'], ['y']),
    ],
    becomes: 'Conv GlobalAveragePool Conv Clip Add Mul',
    rewrites: true,
  },
  'a gate of all values beside what it gates': {
    nodes: [
      first,
      nodeOf('Conv', ['a', 'u'], ['b']),
      nodeOf('HardSigmoid', ['b'], ['s']),
      nodeOf('Mul', ['a', 's'], ['m']),
      nodeOf('Add', ['a', 'm'], ['y']),
    ],
    becomes: 'Conv Conv Clip Mul Add',
    rewrites: true,
  },
};

/** Sums in another order, and weights that were rounded once more. */
const MOST_ULPS = 64;

test.each(Object.entries(cases))('%s', async (_name, { nodes, becomes, rewrites = false }) => {
  const model = build(nodes);
  const changed = cloneModel(model);
  foldAll(changed);
  if (rewrites) rewriteGates(changed);
  const operators = (changed.graph as GraphProto).nodes.map(({ opType }) => opType);
  expect(operators.join(' ')).toBe(becomes);
  expect(distanceInUlps(await runModel(changed), await runModel(model))).toBeLessThan(MOST_ULPS);
});

test('a model whose Clip has no inputs is left as it is', () => {
  const model = modelOf(9, {
    inputs: { x: ['float32', [2, 3, 8, 8]] },
    outputs: ['y'],
    nodes: [nodeOf('HardSigmoid', ['x'], ['y'])],
  });
  rewriteGates(model);
  expect(model.graph?.nodes.map(({ opType }) => opType)).toEqual(['HardSigmoid']);
});

test('what is not float32 is left as it is, beside what is', async () => {
  const half = { to: 10n };
  const model = modelOf(14, {
    inputs: { x: ['float32', [2, 3, 8, 8]] },
    outputs: ['y', 'z'],
    nodes: [
      nodeOf('Cast', ['x'], ['h'], half),
      nodeOf('HardSwish', ['h'], ['a']),
      nodeOf('GlobalAveragePool', ['a'], ['g']),
      nodeOf('HardSigmoid', ['g'], ['s']),
      nodeOf('Mul', ['a', 's'], ['m']),
      nodeOf('Add', ['a', 'm'], ['b']),
      nodeOf('Cast', ['b'], ['y'], { to: 1n }),
      nodeOf('HardSigmoid', ['x'], ['z']),
    ],
  });
  const changed = cloneModel(model);
  rewriteGates(changed);
  const operators = (changed.graph as GraphProto).nodes.map(({ opType }) => opType);
  expect(operators.join(' ')).toBe('Cast HardSwish GlobalAveragePool HardSigmoid Mul Add Cast Add Clip Mul');
  expect(distanceInUlps(await runModel(changed), await runModel(model))).toBeLessThan(MOST_ULPS);
});

test.each([
  ['a convolution', [nodeOf('Conv', ['m', 'v'], ['y'], padded)], 0],
  [
    'an addition and a convolution',
    [nodeOf('Add', ['m', 'three'], ['n']), nodeOf('Conv', ['n', 'v'], ['y'], padded)],
    0,
  ],
  ['anything else', [nodeOf('Tanh', ['m'], ['y'])], 1],
])(
  'before %s the factor of a gate goes behind the product only where a convolution takes it in',
  (_name, readers, count) => {
    const model = build([
      first,
      nodeOf('GlobalAveragePool', ['a'], ['g']),
      nodeOf('HardSigmoid', ['g'], ['s']),
      nodeOf('Mul', ['a', 's'], ['m']),
      ...readers,
    ]);
    rewriteGates(model);
    const { nodes } = model.graph as GraphProto;
    const clipped = nodes.find(({ opType }) => opType === 'Clip')?.outputs[0] ?? '';
    const factors = nodes.filter(
      ({ opType, inputs }) => opType === 'Mul' && inputs[0] === clipped && inputs[1] !== 'a',
    );
    expect(factors).toHaveLength(count);
    expect(nodes.filter(({ opType }) => opType === 'Mul')).toHaveLength(1 + count);
  },
);
