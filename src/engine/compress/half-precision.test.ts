/** Half precision on graphs made for one question each. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { modelOf as smallModelOf, runModel } from '../../../tests/fakes/small-model.ts';
import {
  createAttribute,
  createNode,
  type GraphProto,
  graphSchema,
  type ModelProto,
  modelSchema,
  typeSchema,
  tensorTypeSchema,
  valueInfoSchema,
} from '../onnx/ir.ts';
import { createMessage } from '../onnx/message.ts';
import { elementTypeName } from '../onnx/element-types.ts';
import { floatsOf, tensorFrom } from '../onnx/tensor-contents.ts';
import { convertGraph } from './half-precision.ts';

const value = (name: string, elementType = 1) =>
  createMessage(valueInfoSchema, {
    name,
    type: createMessage(typeSchema, { tensor: createMessage(tensorTypeSchema, { elementType }) }),
  });

function modelOf(graph: Partial<GraphProto>): { model: ModelProto; graph: GraphProto } {
  const whole = createMessage(graphSchema, graph);
  return { model: createMessage(modelSchema, { graph: whole }), graph: whole };
}

const convert = (part: Partial<GraphProto>, options: { keep?: boolean; blocked?: string[] } = {}) => {
  const { model, graph } = modelOf(part);
  const done = convertGraph(model, graph, {
    keepInputsOutputs: options.keep ?? true,
    isBlocked: ({ opType }) => (options.blocked ?? []).includes(opType),
  });
  return { graph, done, operators: graph.nodes.map(({ opType }) => opType) };
};

const chain = (...operators: string[]): Partial<GraphProto> => ({
  inputs: [value('x')],
  outputs: [value('y')],
  nodes: operators.map((opType, index) =>
    createNode({
      opType,
      inputs: [index === 0 ? 'x' : `t${index}`],
      outputs: [index === operators.length - 1 ? 'y' : `t${index + 1}`],
    }),
  ),
});

describe('casts', () => {
  test('stand only at the ends when nothing is blocked', () => {
    expect(convert(chain('Relu', 'Relu', 'Relu')).operators).toEqual(['Cast', 'Relu', 'Relu', 'Relu', 'Cast']);
  });

  test('are not between neighbours that both stay float32', () => {
    const { operators, done } = convert(chain('Relu', 'Resize', 'Upsample', 'Relu'), {
      blocked: ['Resize', 'Upsample'],
    });
    expect(operators).toEqual(['Cast', 'Relu', 'Cast', 'Resize', 'Upsample', 'Cast', 'Relu', 'Cast']);
    expect(done.castCount).toBe(4);
  });

  test.each([
    // What moves values from one that stays to another stays with them; with a float16 node in between it does not.
    [
      ['Neg', 'Transpose', 'Flatten', 'Neg'],
      ['Neg', 'Transpose', 'Flatten', 'Neg'],
    ],
    [
      ['Neg', 'Transpose', 'Relu', 'Neg'],
      ['Neg', 'Cast', 'Transpose', 'Relu', 'Cast', 'Neg'],
    ],
    [
      ['Relu', 'Transpose', 'Neg'],
      ['Cast', 'Relu', 'Transpose', 'Cast', 'Neg'],
    ],
    [
      ['Transpose', 'Flatten'],
      ['Transpose', 'Flatten'],
    ],
  ])('are not around nodes that only move values between float32: %j', (given, expected) => {
    expect(convert(chain(...given), { blocked: ['Neg'] }).operators).toEqual(expected);
  });

  test('at an output serve those who read it in float32 too', () => {
    const node = (opType: string, input: string, output: string) =>
      createNode({ opType, inputs: [input], outputs: [output] });
    const { graph, done } = convert(
      {
        inputs: [value('x')],
        outputs: [value('y'), value('z')],
        nodes: [node('Relu', 'x', 'y'), node('Neg', 'y', 'z'), node('Neg', 'y', 'unused')],
      },
      { blocked: ['Neg'] },
    );
    expect(graph.nodes.map(({ opType, inputs, outputs }) => [opType, ...inputs, ...outputs])).toEqual([
      ['Cast', 'x', 'x_float16'],
      ['Relu', 'x_float16', 'y_float16'],
      ['Cast', 'y_float16', 'y'],
      ['Neg', 'y', 'z'],
    ]);
    expect(done.castCount).toBe(2);
  });

  test('are one for each tensor that crosses, whatever stays float32, and outputs stay near', async () => {
    const operators = fc.constantFrom('Tanh', 'Sin', 'Neg', 'Abs', 'Transpose', 'Add', 'Concat');
    const graphs = fc.array(fc.record({ opType: operators, from: fc.nat(), other: fc.nat(), stays: fc.boolean() }), {
      minLength: 3,
      maxLength: 14,
    });
    await fc.assert(
      fc.asyncProperty(graphs, fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), async (parts, outputs) => {
        const nameOf = (number: number, count: number): string => `t${number % count}`;
        const nodes = parts.map(({ opType, from, other }, index) => {
          const inputs = [nameOf(from, index + 1), ...(opType === 'Add' ? [nameOf(other, index + 1)] : [])];
          return createNode({
            opType,
            name: `n${index}`,
            inputs,
            outputs: [`t${index + 1}`],
            attributes: opType === 'Concat' ? [createAttribute('axis', 0n)] : [],
          });
        });
        const names = [...new Set(outputs.map((number) => `t${1 + (number % parts.length)}`))];
        const build = () =>
          smallModelOf(17, {
            inputs: { t0: ['float32', [3, 3]] },
            outputs: names,
            nodes: nodes.map((node) => ({ ...node })),
          });
        const model = build();
        const stays = new Set(parts.flatMap((part, index) => (part.stays ? [`n${index}`] : [])));
        convertGraph(model, model.graph as GraphProto, {
          keepInputsOutputs: true,
          isBlocked: ({ name }) => stays.has(name),
        });
        const casts = (model.graph as GraphProto).nodes.filter(({ opType }) => opType === 'Cast');
        const made = new Set(casts.flatMap((cast) => cast.outputs));
        expect(casts.filter((cast) => made.has(cast.inputs[0] ?? ''))).toEqual([]);
        expect(new Set(casts.map((cast) => cast.inputs[0])).size).toBe(casts.length);
        for (const [index, { bytes }] of (await runModel(model)).entries()) {
          const [found, wanted] = [bytes, (await runModel(build()))[index]?.bytes ?? bytes].map(
            (each) => new Float32Array(each.slice().buffer),
          );
          for (const [position, number] of (wanted ?? []).entries()) expect(found?.[position]).toBeCloseTo(number, 1);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('of the model itself go where they do nothing any more', () => {
    const cast = (input: string, output: string, to: bigint) =>
      createNode({ opType: 'Cast', inputs: [input], outputs: [output], attributes: [createAttribute('to', to)] });
    const { operators } = convert({
      inputs: [value('x')],
      outputs: [value('y')],
      nodes: [cast('x', 'a', 10n), cast('a', 'b', 1n), createNode({ opType: 'Relu', inputs: ['b'], outputs: ['y'] })],
    });
    expect(operators).toEqual(['Cast', 'Relu', 'Cast']);
  });

  test('are shared by all who read the same tensor', () => {
    const { operators } = convert({
      inputs: [value('x')],
      outputs: [value('y'), value('z')],
      nodes: [
        createNode({ opType: 'Relu', inputs: ['x'], outputs: ['y'] }),
        createNode({ opType: 'Tanh', inputs: ['x'], outputs: ['z'] }),
      ],
    });
    expect(operators.filter((opType) => opType === 'Cast')).toHaveLength(3);
  });

  test('at outputs give what the model declares of them, also where it declares it twice', () => {
    const { graph } = convert({ ...chain('Relu'), valueInfos: [value('y')] });
    expect(graph.valueInfos).toEqual([]);
    expect(graph.outputs.map(({ name, type }) => [name, type?.tensor?.elementType])).toEqual([['y', 1]]);
  });

  test('are none when inputs and outputs change too', () => {
    const { graph, operators } = convert(chain('Relu'), { keep: false });
    expect(operators).toEqual(['Relu']);
    const types = [...graph.inputs, ...graph.outputs].map(({ type }) =>
      elementTypeName(type?.tensor?.elementType ?? 0),
    );
    expect(types).toEqual(['float16', 'float16']);
  });
});

describe('weights', () => {
  const added = (values: number[]): Partial<GraphProto> => ({
    inputs: [value('x')],
    outputs: [value('y')],
    initializers: [tensorFrom('w', 'float32', [values.length], Float32Array.from(values))],
    nodes: [createNode({ opType: 'Add', inputs: ['x', 'w'], outputs: ['y'] })],
  });

  test('become float16, and what became zero is counted', () => {
    const { graph, done } = convert(added([1, -0.333, 1e-9, 0]));
    expect(graph.initializers.map(({ dataType }) => elementTypeName(dataType))).toEqual(['float16']);
    expect([...floatsOf(graph.initializers[0] as GraphProto['initializers'][number])]).toEqual([
      1, -0.333_007_812_5, 0, 0,
    ]);
    expect(done).toMatchObject({ weightCount: 1, vanishedCount: 1 });
  });

  test('beyond the range stay float32, with the node that reads them', () => {
    const { graph, done, operators } = convert(added([1, 70_000]));
    expect(graph.initializers.map(({ dataType }) => elementTypeName(dataType))).toEqual(['float32']);
    expect(done.outOfRangeWeights).toEqual(['w']);
    expect(operators).toEqual(['Add']);
  });

  test('in a Constant node beyond the range stay float32 too, with the node that reads them', () => {
    const { graph, done } = convert({
      inputs: [value('x')],
      outputs: [value('y')],
      nodes: [
        createNode({
          opType: 'Constant',
          outputs: ['w'],
          attributes: [createAttribute('value', tensorFrom('', 'float32', [1], Float32Array.of(9e7)))],
        }),
        createNode({ opType: 'Add', inputs: ['x', 'w'], outputs: ['y'] }),
      ],
    });
    expect(graph.nodes.map(({ opType, inputs }) => [opType, inputs])).toEqual([
      ['Constant', []],
      ['Add', ['x', 'w']],
    ]);
    expect(done).toMatchObject({ outOfRangeWeights: ['w'], castCount: 0, keptNodes: ['y'], blockedNodes: [] });
  });

  test('that would be zero all over stay float32, with the node that reads them', () => {
    const { done, operators } = convert(added([1e-12, 0]));
    expect(done).toMatchObject({ vanishingWeights: ['w'], vanishedCount: 0, weightCount: 0 });
    expect(operators).toEqual(['Add']);
  });

  test('that are inputs too are cast while the model runs, so that they can still be replaced', () => {
    const part = added([1, 70_000]);
    const { graph, done } = convert({ ...part, inputs: [value('x'), value('w')] }, { keep: false });
    expect(graph.initializers.map(({ name, dataType }) => [name, elementTypeName(dataType)])).toEqual([
      ['w', 'float32'],
    ]);
    expect(graph.inputs.map(({ type }) => elementTypeName(type?.tensor?.elementType ?? 0))).toEqual([
      'float16',
      'float32',
    ]);
    expect(graph.nodes.map(({ opType, inputs }) => [opType, inputs])).toEqual([
      ['Cast', ['w']],
      ['Add', ['x', 'w_float16']],
    ]);
    expect(done).toMatchObject({ weightCount: 0, outOfRangeWeights: [] });
  });

  test('that are sparse are cast while the model runs', () => {
    const values = tensorFrom('w', 'float32', [1], Float32Array.of(2));
    const indices = tensorFrom('', 'int64', [1], BigInt64Array.of(1n));
    const { graph } = convert({
      ...added([]),
      initializers: [],
      sparseInitializers: [{ values, indices, dims: [3] }],
    });
    expect(graph.nodes.map(({ opType, inputs }) => [opType, inputs])).toEqual([
      ['Cast', ['x']],
      ['Cast', ['w']],
      ['Add', ['x_float16', 'w_float16']],
      ['Cast', ['y_float16']],
    ]);
  });

  test('that are infinite, as masks are, have a float16 of their own', () => {
    const { graph } = convert(added([-Infinity]));
    expect([...floatsOf(graph.initializers[0] as GraphProto['initializers'][number])]).toEqual([-Infinity]);
  });
});

test('Resize computes in float16, with scales in float32', () => {
  const { graph, operators } = convert({
    inputs: [value('x')],
    outputs: [value('y')],
    initializers: [tensorFrom('scales', 'float32', [4], Float32Array.of(1, 1, 2, 2))],
    nodes: [createNode({ opType: 'Resize', inputs: ['x', '', 'scales'], outputs: ['y'] })],
  });
  expect(operators).toEqual(['Cast', 'Resize', 'Cast']);
  expect(graph.nodes[1]?.inputs).toEqual(['x_float16', '', 'scales']);
  expect(graph.initializers.map(({ dataType }) => elementTypeName(dataType))).toEqual(['float32']);
});

test('integers stay what they are, and a cast to float32 becomes one to float16', () => {
  const { graph, operators } = convert({
    inputs: [value('ids', 7)],
    outputs: [value('y')],
    nodes: [
      createNode({ opType: 'Cast', inputs: ['ids'], outputs: ['t'], attributes: [createAttribute('to', 1n)] }),
      createNode({ opType: 'Sqrt', inputs: ['t'], outputs: ['y'] }),
    ],
  });
  expect(operators).toEqual(['Cast', 'Sqrt', 'Cast']);
  expect(graph.nodes[0]?.attributes[0]?.int).toBe(10n);
});

test('sequences stay float32, because what is put into them may come from anywhere', () => {
  const { operators } = convert({
    inputs: [value('x')],
    outputs: [value('y')],
    initializers: [tensorFrom('first', 'int64', [], BigInt64Array.of(0n))],
    nodes: [
      createNode({ opType: 'Relu', inputs: ['x'], outputs: ['a'] }),
      createNode({ opType: 'SplitToSequence', inputs: ['a'], outputs: ['parts'] }),
      createNode({ opType: 'SequenceAt', inputs: ['parts', 'first'], outputs: ['b'] }),
      createNode({ opType: 'Relu', inputs: ['b'], outputs: ['y'] }),
    ],
  });
  expect(operators).toEqual(['Cast', 'Relu', 'Cast', 'SplitToSequence', 'SequenceAt', 'Cast', 'Relu', 'Cast']);
});
