/** Small models before and after, in the real ONNX Runtime. */
import { describe, expect, test } from 'vitest';
import { distanceInUlps } from '../../../../tests/fakes/output-distance.ts';
import { graphOf, modelOf, nodeOf, runModel, valueOf } from '../../../../tests/fakes/small-model.ts';
import { indexGraph } from '../../onnx/graph-index.ts';
import type { GraphProto, ModelProto, TensorProto } from '../../onnx/ir.ts';
import { tensorFrom } from '../../onnx/tensor-contents.ts';
import { foldConstants } from './fold-constants.ts';

const floats = (name: string, dims: number[], from = 1): TensorProto =>
  tensorFrom(
    name,
    'float32',
    dims,
    Float32Array.from({ length: dims.reduce((product, size) => product * size, 1) }, (_, index) =>
      Math.sin(index + from),
    ),
  );
const longs = (name: string, ...values: number[]): TensorProto =>
  tensorFrom(name, 'int64', [values.length], BigInt64Array.from(values, BigInt));
const operatorsOf = (graph: GraphProto): string[] => graph.nodes.map(({ opType }) => opType);
const graphIn = (model: ModelProto): GraphProto => model.graph as GraphProto;
const input = { x: ['float32', [2, 3]] } as const;

const same: Record<string, { build: () => ModelProto; operators: string[] }> = {
  'a weight that is transposed and shaped': {
    build: () =>
      modelOf(17, {
        inputs: input,
        outputs: ['y'],
        nodes: [
          nodeOf('Transpose', ['w'], ['t'], { perm: [1n, 0n] }),
          nodeOf('Constant', [], ['shape'], { value_ints: [3n, 4n] }),
          nodeOf('Reshape', ['t', 'shape'], ['v']),
          nodeOf('Identity', ['v'], ['u']),
          nodeOf('MatMul', ['x', 'u'], ['y']),
        ],
        weights: [floats('w', [6, 2])],
      }),
    operators: ['MatMul'],
  },
  'an output that does not depend on the inputs': {
    build: () =>
      modelOf(17, {
        inputs: input,
        outputs: ['y', 'z'],
        nodes: [nodeOf('Neg', ['w'], ['z']), nodeOf('Mul', ['x', 'z'], ['y'])],
        weights: [floats('w', [3])],
      }),
    operators: ['Constant', 'Mul'],
  },
  'some outputs of a node': {
    build: () =>
      modelOf(17, {
        inputs: input,
        outputs: ['y'],
        nodes: [nodeOf('Split', ['w'], ['a', 'b'], { axis: 0n }), nodeOf('Add', ['x', 'b'], ['y'])],
        weights: [floats('w', [4, 3])],
      }),
    operators: ['Add'],
  },
  'what would take more room than before': {
    build: () =>
      modelOf(17, {
        inputs: { x: ['float32', [400, 400]] },
        outputs: ['y'],
        nodes: [nodeOf('Add', ['a', 'b'], ['s']), nodeOf('Mul', ['x', 's'], ['y'])],
        weights: [floats('a', [400, 1]), floats('b', [1, 400])],
      }),
    operators: ['Add', 'Mul'],
  },
  'a weight that is read both as it is and transposed': {
    build: () =>
      modelOf(17, {
        inputs: { x: ['float32', [30, 30]] },
        outputs: ['y'],
        nodes: [
          nodeOf('MatMul', ['x', 'w'], ['a']),
          nodeOf('Transpose', ['w'], ['t']),
          nodeOf('MatMul', ['a', 't'], ['y']),
        ],
        weights: [floats('w', [30, 30])],
      }),
    operators: ['MatMul', 'Transpose', 'MatMul'],
  },
  'a quantized weight': {
    build: () =>
      modelOf(17, {
        inputs: input,
        outputs: ['y'],
        nodes: [nodeOf('DequantizeLinear', ['q', 's'], ['d']), nodeOf('MatMul', ['x', 'd'], ['y'])],
        weights: [tensorFrom('q', 'int8', [3, 1], Int8Array.of(1, 2, 3)), floats('s', [])],
      }),
    operators: ['DequantizeLinear', 'MatMul'],
  },
  'a transposed weight of 4 bits, beside one of 32': {
    build: () =>
      modelOf(
        21,
        {
          inputs: { x: ['float32', [2, 4]] },
          outputs: ['y'],
          nodes: [
            nodeOf('Transpose', ['q'], ['t'], { perm: [1n, 0n] }),
            nodeOf('DequantizeLinear', ['t', 's'], ['d']),
            nodeOf('MatMul', ['x', 'd'], ['a']),
            nodeOf('Transpose', ['w'], ['v'], { perm: [1n, 0n] }),
            nodeOf('MatMul', ['a', 'v'], ['y']),
          ],
          weights: [
            tensorFrom('q', 'int4', [4, 4], new Uint8Array(8).fill(0x3d)),
            floats('s', []),
            floats('w', [3, 4]),
          ],
        },
        { irVersion: 10 },
      ),
    operators: ['Transpose', 'DequantizeLinear', 'MatMul', 'MatMul'],
  },
  'what is made of a float8 that is computed in the graph': {
    build: () =>
      modelOf(
        19,
        {
          inputs: input,
          outputs: ['y'],
          nodes: [
            nodeOf('Neg', ['w'], ['n']),
            nodeOf('Cast', ['n'], ['q'], { to: 17n }),
            nodeOf('DequantizeLinear', ['q', 's'], ['d']),
            nodeOf('Mul', ['x', 'd'], ['y']),
          ],
          weights: [floats('w', [3]), floats('s', [])],
        },
        { irVersion: 9 },
      ),
    operators: ['Cast', 'DequantizeLinear', 'Mul'],
  },
  'a weight that whoever runs the model may replace': {
    build: () =>
      modelOf(17, {
        inputs: { ...input, w: ['float32', [3]] },
        outputs: ['y'],
        nodes: [nodeOf('Neg', ['w'], ['n']), nodeOf('Mul', ['x', 'n'], ['y'])],
        weights: [floats('w', [3])],
      }),
    operators: ['Neg', 'Mul'],
  },
  'nodes that do nothing': {
    build: () =>
      modelOf(17, {
        inputs: input,
        outputs: ['y', 'z'],
        nodes: [
          nodeOf('Identity', ['x'], ['a']),
          nodeOf('Dropout', ['a'], ['b']),
          nodeOf('Cast', ['b'], ['c'], { to: 1n }),
          nodeOf('Cast', ['c'], ['d'], { to: 11n }),
          nodeOf('Cast', ['d'], ['e'], { to: 1n }),
          nodeOf('Neg', ['e'], ['f']),
          nodeOf('Identity', ['f'], ['y']),
          nodeOf('Identity', ['x'], ['z']),
        ],
      }),
    operators: ['Neg', 'Identity'],
  },
  'a cast that loses digits': {
    build: () =>
      modelOf(17, {
        inputs: input,
        outputs: ['y'],
        nodes: [nodeOf('Cast', ['x'], ['a'], { to: 10n }), nodeOf('Cast', ['a'], ['y'], { to: 1n })],
      }),
    operators: ['Cast', 'Cast'],
  },
};

test.each(Object.entries(same))('%s: the outputs are the same bits', async (_name, { build, operators }) => {
  const model = build();
  await foldConstants(model);
  expect(operatorsOf(graphIn(model))).toEqual(operators);
  expect(distanceInUlps(await runModel(model), await runModel(build()))).toBe(0);
});

test('a product sees the weight that was computed', async () => {
  const model = same['a weight that is transposed and shaped']?.build() as ModelProto;
  expect(indexGraph(graphIn(model)).constantOf('u')).toBeUndefined();
  await foldConstants(model);
  expect(indexGraph(graphIn(model)).constantOf('v')?.dims).toEqual([3, 4]);
});

describe('subgraphs', () => {
  const build = (): ModelProto => {
    // Each branch has a tensor “t” of its own, and reads the “c” that is computed around it.
    const branch = (sign: 'Neg' | 'Abs') =>
      graphOf({
        outputs: [valueOf(`${sign}_out`), valueOf(`${sign}_constant`)],
        nodes: [
          nodeOf(sign, ['w'], ['t']),
          nodeOf('Add', ['t', 'c'], ['s']),
          nodeOf('Mul', ['x', 's'], [`${sign}_out`]),
          nodeOf('Concat', ['t', 'shared'], [`${sign}_constant`], { axis: 0n }),
        ],
        initializers: [floats('w', [3], sign === 'Neg' ? 5 : 9)],
      });
    return modelOf(17, {
      inputs: { ...input, flag: ['bool', []] },
      outputs: ['y', 'z'],
      nodes: [
        nodeOf('Exp', ['shared'], ['c']),
        nodeOf('If', ['flag'], ['y', 'z'], { then_branch: branch('Neg'), else_branch: branch('Abs') }),
      ],
      weights: [floats('shared', [3])],
    });
  };

  test('are folded with what is constant around them', async () => {
    const model = build();
    expect(await foldConstants(model)).toMatchObject({ tensorCount: 4 });
    expect(operatorsOf(graphIn(model))).toEqual(['If']);
    const [branch] = graphIn(model).nodes[0]?.attributes.map(({ graph }) => graph as GraphProto) ?? [];
    expect(operatorsOf(branch as GraphProto)).toEqual(['Mul', 'Constant']);
    expect(distanceInUlps(await runModel(model), await runModel(build()))).toBe(0);
  });
});

test('what grows because of its operator is not even computed', async () => {
  const model = modelOf(17, {
    inputs: input,
    outputs: ['y'],
    nodes: [nodeOf('Expand', ['w', 'huge'], ['e']), nodeOf('MatMul', ['x', 'e'], ['y'])],
    weights: [floats('w', [1]), longs('huge', 3, 2 ** 40)],
  });
  expect(await foldConstants(model)).toMatchObject({ tensorCount: 0 });
  expect(operatorsOf(graphIn(model))).toEqual(['Expand', 'MatMul']);
});
