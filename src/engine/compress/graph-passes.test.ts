/** Passes that rewrite graphs, on graphs small enough to compute by hand. */
import { describe, expect, test } from 'vitest';
import {
  ATTRIBUTE_TYPES,
  attributeSchema,
  createAttribute,
  createNode,
  type GraphProto,
  graphSchema,
  type ModelProto,
  modelSchema,
  tensorTypeSchema,
  typeSchema,
  valueInfoSchema,
} from '../onnx/ir.ts';
import { editGraph, type GraphEditor } from '../onnx/graph-editor.ts';
import { createMessage } from '../onnx/message.ts';
import { floatsOf, rawBytesOf, tensorFrom } from '../onnx/tensor-contents.ts';
import type { PassContext } from './pass.ts';
import { quantizeGraph } from './dynamic/quantize-graph.ts';
import { foldAll } from './passes/fold-batch-norm.ts';
import { requirePass } from './validate-recipe.ts';

const value = (name: string) =>
  createMessage(valueInfoSchema, {
    name,
    type: createMessage(typeSchema, { tensor: createMessage(tensorTypeSchema, { elementType: 1 }) }),
  });
const weight = (name: string, dims: number[], ...values: number[]) =>
  tensorFrom(name, 'float32', dims, Float32Array.from(values));

function modelOf(part: Partial<GraphProto>): { model: ModelProto; graph: GraphProto } {
  const graph = createMessage(graphSchema, { inputs: [value('x')], outputs: [value('y')], ...part });
  return { model: createMessage(modelSchema, { graph }), graph };
}
const edit = (graph: GraphProto): GraphEditor => editGraph(graph, (wish) => wish);
const operatorsOf = (graph: GraphProto): string[] => graph.nodes.map(({ opType }) => opType);
const find = (graph: GraphProto, name: string | undefined) => {
  const tensor = graph.initializers.find((item) => item.name === name);
  if (!tensor) throw new Error(`There is no weight ${name}.`);
  return tensor;
};

describe('folding batch normalization', () => {
  const parameters = [
    weight('w', [2, 1, 1, 1], 2, 4),
    weight('gamma', [2], 3, 1),
    weight('beta', [2], 0.5, 0),
    weight('mean', [2], 1, -1),
    weight('variance', [2], 8, 3),
  ];
  const normalization = createNode({
    opType: 'BatchNormalization',
    inputs: ['c', 'gamma', 'beta', 'mean', 'variance'],
    outputs: ['y'],
    attributes: [createAttribute('epsilon', 1)],
  });

  test('scales each output channel, and makes the bias', () => {
    const { model, graph } = modelOf({
      initializers: parameters,
      nodes: [createNode({ opType: 'Conv', inputs: ['x', 'w'], outputs: ['c'] }), normalization],
    });
    expect(foldAll(model)).toHaveLength(1);
    expect(operatorsOf(graph)).toEqual(['Conv']);
    const [convolution] = graph.nodes;
    expect(convolution?.outputs).toEqual(['y']);
    // 3 / sqrt(8 + 1) = 1 and 1 / sqrt(3 + 1) = 0.5.
    expect([...floatsOf(find(graph, convolution?.inputs[1]))]).toEqual([2, 2]);
    expect([...floatsOf(find(graph, convolution?.inputs[2]))]).toEqual([-0.5, 0.5]);
    expect(graph.initializers).toHaveLength(2);
  });

  test.each([
    ['somebody else reads the convolution', [createNode({ opType: 'Relu', inputs: ['c'], outputs: ['z'] })], 'w'],
    ['the weight is not constant', [], 'x'],
  ])('leaves it alone when %s', (_name, others, weightName) => {
    const { model, graph } = modelOf({
      initializers: parameters,
      nodes: [
        createNode({ opType: 'Conv', inputs: ['x', weightName], outputs: ['c'] }),
        ...others,
        createNode({ ...normalization }),
      ],
    });
    expect(foldAll(model)).toEqual([]);
    expect(operatorsOf(graph)).toContain('BatchNormalization');
  });
});

test('a normalization with a value for each place of an image, as up to opset 8, is not folded', () => {
  const { model, graph } = modelOf({
    initializers: [
      weight('w', [2, 1, 1, 1], 2, 4),
      ...['gamma', 'beta', 'mean', 'variance'].map((name) => weight(name, [2, 1, 2], 1, 2, 3, 4)),
    ],
    nodes: [
      createNode({ opType: 'Conv', inputs: ['x', 'w'], outputs: ['c'] }),
      createNode({
        opType: 'BatchNormalization',
        inputs: ['c', 'gamma', 'beta', 'mean', 'variance'],
        outputs: ['y'],
        attributes: [createAttribute('spatial', 0n)],
      }),
    ],
  });
  expect(foldAll(model)).toEqual([]);
  expect(operatorsOf(graph)).toEqual(['Conv', 'BatchNormalization']);
});

describe('dynamic quantization', () => {
  const options = {
    operators: ['MatMul', 'Gemm', 'Conv'],
    weightType: 'int8',
    perChannel: true,
    minimumElements: 0,
    isExcluded: () => false,
    isReduced: false,
  } as const;
  const chain = ['MatMulInteger', 'Cast', 'Mul', 'Mul'];

  test('quantizes an activation once for all products that read it', () => {
    const { graph } = modelOf({
      initializers: [weight('a', [2, 2], 1, 2, 3, 4), weight('b', [2, 2], 5, 6, 7, 8)],
      outputs: [value('t'), value('y')],
      nodes: [
        createNode({ opType: 'MatMul', name: 'first', inputs: ['x', 'a'], outputs: ['t'] }),
        createNode({ opType: 'MatMul', name: 'second', inputs: ['x', 'b'], outputs: ['y'] }),
      ],
    });
    expect(quantizeGraph(edit(graph), options).products).toEqual(['first', 'second']);
    expect(operatorsOf(graph)).toEqual(['DynamicQuantizeLinear', ...chain, ...chain]);
    expect(graph.initializers.some(({ name }) => name === 'a' || name === 'b')).toBe(false);
  });

  test('transposes the weight of a Gemm and adds its bias', () => {
    const { graph } = modelOf({
      initializers: [weight('w', [1, 2], 127, 254), weight('bias', [1], 1)],
      nodes: [
        createNode({
          opType: 'Gemm',
          name: 'g',
          inputs: ['x', 'w', 'bias'],
          outputs: ['y'],
          attributes: [createAttribute('transB', 1n)],
        }),
      ],
    });
    quantizeGraph(edit(graph), options);
    expect(operatorsOf(graph)).toEqual(['DynamicQuantizeLinear', ...chain, 'Add']);
    const quantized = find(graph, 'w_quantized');
    expect(quantized.dims).toEqual([2, 1]);
    // One channel, symmetric: 254 / 127 = 2; 127 / 2 = 63.5 rounds to even.
    expect([...rawBytesOf(quantized)]).toEqual([64, 127]);
    expect([...floatsOf(find(graph, 'w_scale'))]).toEqual([2]);
  });

  test('sees weights that a branch takes from around it', async () => {
    const branch = createMessage(graphSchema, {
      outputs: [value('b')],
      nodes: [createNode({ opType: 'MatMul', name: 'inner', inputs: ['x', 'w'], outputs: ['b'] })],
    });
    const { model, graph } = modelOf({
      initializers: [weight('w', [2, 2], 1, 2, 3, 4)],
      nodes: [
        createNode({
          opType: 'If',
          inputs: ['x'],
          outputs: ['y'],
          attributes: [
            createMessage(attributeSchema, { name: 'then_branch', type: ATTRIBUTE_TYPES.graph, graph: branch }),
          ],
        }),
      ],
    });
    const pass = requirePass('quantize-dynamic');
    await pass.apply(model, pass.settings.parse({ minimumElements: 0, reducedRange: 'off' }), {} as PassContext);
    expect(operatorsOf(branch)).toEqual(['DynamicQuantizeLinear', ...chain]);
    // Where another branch finds them too.
    expect(graph.initializers.map(({ name }) => name)).toEqual(['w_quantized', 'w_scale', 'w_zero_point']);
  });

  test('says why a product stayed as it was', () => {
    const { graph } = modelOf({
      initializers: [weight('w', [1, 1], 1), weight('bad', [1, 1], Number.NaN)],
      nodes: [
        createNode({ opType: 'MatMul', name: 'attention', inputs: ['x', 'x'], outputs: ['t'] }),
        createNode({ opType: 'MatMul', name: 'broken', inputs: ['x', 'bad'], outputs: ['u'] }),
        createNode({ opType: 'MatMul', name: 'wanted', inputs: ['x', 'w'], outputs: ['v'] }),
        createNode({
          opType: 'Gemm',
          name: 'scaled',
          inputs: ['x', 'w'],
          outputs: ['y'],
          attributes: [createAttribute('alpha', 0.5)],
        }),
      ],
    });
    const { products, skipped } = quantizeGraph(edit(graph), {
      ...options,
      isExcluded: ({ name }) => name === 'wanted',
    });
    expect(products).toEqual([]);
    expect(skipped).toEqual([
      { name: 'attention', reason: 'the weight is not constant' },
      { name: 'broken', reason: 'the weight holds values that are not finite' },
      { name: 'wanted', reason: 'it is excluded' },
      { name: 'scaled', reason: 'the input is scaled or transposed' },
    ]);
    expect(operatorsOf(graph)).toEqual(['MatMul', 'MatMul', 'MatMul', 'Gemm']);
  });
});
