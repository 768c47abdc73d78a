/** Calls of functions, and what stands in their place afterwards, in the real ONNX Runtime. */
import { describe, expect, test } from 'vitest';
import { graphOf, modelOf, nodeOf, randomWeight, runModel, valueOf } from '../../../../tests/fakes/small-model.ts';
import {
  ATTRIBUTE_TYPES,
  attributeSchema,
  createAttribute,
  type FunctionProto,
  functionSchema,
  type ModelProto,
  modelSchema,
  type NodeProto,
} from '../ir.ts';
import { createMessage, decodeMessage, encodeMessage, startLimits } from '../message.ts';
import { tensorFrom } from '../tensor-contents.ts';
import { walkGraphs } from '../walk-model.ts';
import { cursorOver, ropeParts } from '../wire.ts';
import { inlineFunctions } from './inline-functions.ts';

const own = { domain: 'own' };
const functionOf = (name: string, part: Partial<FunctionProto>): FunctionProto =>
  createMessage(functionSchema, {
    name,
    domain: 'own',
    opsetImports: [
      { domain: '', version: 21 },
      { domain: 'own', version: 1 },
    ],
    ...part,
  });
const reference = (name: string, type: keyof typeof ATTRIBUTE_TYPES, referenceName: string) =>
  createMessage(attributeSchema, { name, type: ATTRIBUTE_TYPES[type], referenceName });

function modelWith(functions: FunctionProto[], nodes: NodeProto[], outputs: string[], more: Partial<ModelProto> = {}) {
  return modelOf(
    21,
    {
      inputs: { x: ['float32', [4, 8]], flag: ['bool', []], ids: ['int64', [3]] },
      outputs,
      nodes,
      weights: [randomWeight('w', [8, 8], 1)],
    },
    {
      irVersion: 10,
      opsetImports: [
        { domain: '', version: 21 },
        { domain: 'own', version: 1 },
      ],
      functions,
      ...more,
    },
  );
}

/** As one that was read from a file. */
function reread(model: ModelProto): ModelProto {
  const bytes = bytesOf(model);
  return decodeMessage(modelSchema, cursorOver(bytes), startLimits(bytes.length));
}

const bytesOf = (model: ModelProto): Buffer =>
  Buffer.concat(
    ropeParts(encodeMessage(modelSchema, model)).map((part) => (part instanceof Uint8Array ? part : part.read())),
  );

const product = functionOf('Product', {
  inputs: ['a', 'b'],
  outputs: ['c'],
  nodes: [nodeOf('MatMul', ['a', 'b'], ['w']), nodeOf('Relu', ['w'], ['c'])],
});
const call = (
  name: string,
  inputs: string[],
  outputs: string[],
  more: Parameters<typeof nodeOf>[3] = {},
  overload = '',
) => nodeOf(name, inputs, outputs, more, { ...own, overload });

const branch = (name: string, operator: string) =>
  graphOf({
    outputs: [valueOf(name)],
    nodes: [nodeOf(operator, ['h'], [`${name}_w`]), call('Product', [`${name}_w`, 'w'], [name])],
  });

const cases: Record<string, () => ModelProto> = {
  'names inside of a function that the graph has too': () =>
    modelWith([product], [call('Product', ['x', 'w'], ['a']), call('Product', ['a', 'w'], ['y'])], ['y']),
  'functions that call functions': () =>
    modelWith(
      [
        functionOf('Twice', {
          inputs: ['a', 'b'],
          outputs: ['c'],
          nodes: [call('Product', ['a', 'b'], ['x']), call('Product', ['x', 'b'], ['c'])],
        }),
        product,
      ],
      [call('Twice', ['x', 'w'], ['h']), call('Twice', ['h', 'w'], ['y'])],
      ['y'],
    ),
  'calls in branches, which read what is around them': () =>
    modelWith(
      [product],
      [
        call('Product', ['x', 'w'], ['h']),
        nodeOf('If', ['flag'], ['y'], { then_branch: branch('t', 'Neg'), else_branch: branch('e', 'Abs') }),
      ],
      ['y'],
    ),
  'a branch inside of a function that hides a tensor of it': () =>
    modelWith(
      [
        functionOf('Choose', {
          inputs: ['condition', 'a', 'x'],
          outputs: ['c'],
          nodes: [
            nodeOf('MatMul', ['a', 'x'], ['m']),
            nodeOf('If', ['condition'], ['c'], {
              then_branch: graphOf({
                outputs: [valueOf('t')],
                nodes: [nodeOf('Neg', ['a'], ['n']), nodeOf('Add', ['n', 's'], ['t'])],
                initializers: [tensorFrom('s', 'float32', [1], Float32Array.of(0.25))],
              }),
              else_branch: graphOf({ outputs: [valueOf('e')], nodes: [nodeOf('Exp', ['m'], ['e'])] }),
            }),
          ],
        }),
      ],
      [call('Choose', ['flag', 'x', 'w'], ['h']), call('Choose', ['flag', 'h', 'w'], ['y'])],
      ['y'],
    ),
  'attributes of the call, in branches too, and defaults for what it leaves out': () =>
    modelWith(
      [
        functionOf('Scaled', {
          inputs: ['a', 'condition'],
          outputs: ['c'],
          attributeNames: ['axis'],
          attributeDefaults: [createAttribute('slope', 0.25), createAttribute('unused', 3n)],
          nodes: [
            createAbsent(nodeOf('Softmax', ['a'], ['s'])),
            nodeOf('If', ['condition'], ['c'], {
              then_branch: graphOf({
                outputs: [valueOf('t')],
                nodes: [withReference(nodeOf('LeakyRelu', ['a'], ['t']))],
              }),
              else_branch: graphOf({
                outputs: [valueOf('e')],
                nodes: [withReference(nodeOf('LeakyRelu', ['s'], ['e']))],
              }),
            }),
          ],
        }),
      ],
      [
        call('Scaled', ['x', 'flag'], ['h'], { axis: 0n }),
        call('Scaled', ['h', 'flag'], ['g'], { axis: 1n, slope: 0.75 }),
        // Without: as Softmax has it.
        call('Scaled', ['g', 'flag'], ['y']),
      ],
      ['y'],
    ),
  overloads: () =>
    modelWith(
      [
        functionOf('Change', { overload: 'one', inputs: ['a'], outputs: ['b'], nodes: [nodeOf('Exp', ['a'], ['b'])] }),
        functionOf('Change', { overload: 'two', inputs: ['a'], outputs: ['b'], nodes: [nodeOf('Neg', ['a'], ['b'])] }),
      ],
      [call('Change', ['x'], ['h'], {}, 'two'), call('Change', ['h'], ['y'], {}, 'one')],
      ['y'],
    ),
  'functions of several domains, one of which the model does not import': () =>
    modelWith(
      [
        functionOf('Outer', {
          inputs: ['a'],
          outputs: ['b'],
          opsetImports: [
            { domain: 'com.microsoft', version: 1 },
            { domain: 'other', version: 7 },
          ],
          nodes: [
            nodeOf('Gelu', ['a'], ['g'], {}, { domain: 'com.microsoft' }),
            nodeOf('Inner', ['g'], ['b'], {}, { domain: 'other' }),
          ],
        }),
        functionOf('Inner', { domain: 'other', inputs: ['a'], outputs: ['b'], nodes: [nodeOf('Exp', ['a'], ['b'])] }),
      ],
      [call('Outer', ['x'], ['y'])],
      ['y'],
      {
        opsetImports: [
          { domain: '', version: 21 },
          { domain: 'own', version: 1 },
          { domain: 'other', version: 7 },
        ],
      },
    ),
  'inputs that are left out and outputs that nobody takes': () =>
    modelWith(
      [
        functionOf('Bounded', {
          inputs: ['a', 'low', 'high'],
          outputs: ['values', 'rows', 'b'],
          nodes: [
            nodeOf('Clip', ['a', 'low', 'high'], ['b']),
            nodeOf('Sub', ['a', 'b'], ['values']),
            nodeOf('Shape', ['a'], ['rows']),
          ],
        }),
      ],
      [
        nodeOf('Constant', [], ['limit'], { value_float: 0.5 }),
        call('Bounded', ['x', '', 'limit'], ['', '', 'h']),
        call('Bounded', ['h', 'limit'], ['y', '', '']),
      ],
      ['y'],
    ),
  'an older opset whose operators are the same': () =>
    modelWith(
      [functionOf('Old', { ...product, name: 'Old', opsetImports: [{ domain: '', version: 11 }] })],
      [call('Old', ['x', 'w'], ['y'])],
      ['y'],
    ),
};

function createAbsent(node: NodeProto): NodeProto {
  return { ...node, attributes: [reference('axis', 'int', 'axis')] };
}
function withReference(node: NodeProto): NodeProto {
  return { ...node, attributes: [reference('alpha', 'float', 'slope')] };
}

describe('models compute the same bits afterwards', () => {
  test.each(Object.entries(cases))('%s', async (_name, build) => {
    const model = reread(build());
    const wanted = await runModel(model);
    const done = inlineFunctions(model);
    expect(done.callCount).toBeGreaterThan(0);
    expect(model.functions).toEqual([]);
    expect(await runModel(reread(model))).toEqual(wanted);
    const names = [...walkGraphs(model)].flatMap(({ nodes }) => nodes.flatMap(({ outputs }) => outputs));
    expect(new Set(names).size).toBe(names.length);
  });
});

test('nodes are named for their call', () => {
  const model = modelWith([product], [call('Product', ['x', 'w'], ['y'])], ['y']);
  inlineFunctions(model);
  expect(model.graph?.nodes.map(({ name }) => name)).toEqual(['Product_y/MatMul_w', 'Product_y/Relu_c']);
});

test('what a function hands on, or gives twice, is copied', () => {
  const pairs = functionOf('Pairs', { inputs: ['a'], outputs: ['b', 'a', 'b'], nodes: [nodeOf('Exp', ['a'], ['b'])] });
  const model = modelWith([pairs], [call('Pairs', ['x'], ['y', 'same', 'again'])], ['y', 'same', 'again']);
  inlineFunctions(model);
  expect(model.graph?.nodes.map(({ opType, inputs, outputs }) => [opType, inputs, outputs])).toEqual([
    ['Exp', ['x'], ['y']],
    ['Identity', ['x'], ['same']],
    ['Identity', ['y'], ['again']],
  ]);
});

test('large constants of a function are kept once for all calls, and small ones stay beside their readers', async () => {
  const large = tensorFrom('', 'float32', [8, 40], new Float32Array(320).fill(0.5));
  const dense = functionOf('Dense', {
    inputs: ['a'],
    outputs: ['b'],
    nodes: [
      nodeOf('Constant', [], ['large'], { value: large }),
      nodeOf('Constant', [], ['half'], { value_float: 0.5 }),
      nodeOf('MatMul', ['a', 'large'], ['m']),
      nodeOf('Mul', ['m', 'half'], ['b']),
    ],
  });
  const model = modelWith([dense], [call('Dense', ['x'], ['y']), call('Dense', ['x'], ['z'])], ['y', 'z']);
  const wanted = await runModel(model);
  inlineFunctions(model);
  expect(model.graph?.initializers.map(({ dims }) => dims)).toEqual([
    [8, 8],
    [8, 40],
  ]);
  expect(model.graph?.nodes.filter(({ opType }) => opType === 'Constant')).toHaveLength(2);
  expect(await runModel(model)).toEqual(wanted);
});

describe('calls stay, byte for byte,', () => {
  const rows = functionOf('Rows', { inputs: ['a'], outputs: ['b'], nodes: [nodeOf('Add', ['a', 'a'], ['b'])] });
  const softmax = (name: string, more: Partial<FunctionProto>) =>
    functionOf(name, { inputs: ['a'], outputs: ['b'], nodes: [nodeOf('Softmax', ['a'], ['b'])], ...more });
  test.each<[string, ModelProto, string]>([
    [
      'where nothing is a floating-point number',
      modelWith([rows], [call('Rows', ['ids'], ['y'])], ['y']),
      'in floating point',
    ],
    [
      'where an operator changed its meaning between the opsets',
      modelWith([softmax('Old', { opsetImports: [{ domain: '', version: 11 }] })], [call('Old', ['x'], ['y'])], ['y']),
      'its Softmax is of opset 11 of ai.onnx, the model of 21',
    ],
    [
      'where another domain has another opset',
      modelWith(
        [
          softmax('Other', {
            nodes: [nodeOf('Gelu', ['a'], ['b'], {}, { domain: 'com.microsoft' })],
            opsetImports: [{ domain: 'com.microsoft', version: 2 }],
          }),
        ],
        [call('Other', ['x'], ['y'])],
        ['y'],
        {
          opsetImports: [
            { domain: '', version: 21 },
            { domain: 'own', version: 1 },
            { domain: 'com.microsoft', version: 1 },
          ],
        },
      ),
      'its Gelu is of opset 2 of com.microsoft, the model of 1',
    ],
    [
      'where a function does not say which opset it means',
      modelWith([softmax('Loose', { opsetImports: [] })], [call('Loose', ['x'], ['y'])], ['y']),
      'it does not say of which opset',
    ],
    [
      'where ONNX Runtime has an operator of that name',
      modelWith(
        [softmax('Gelu', { domain: 'com.microsoft' })],
        [nodeOf('Gelu', ['x'], ['y'], {}, { domain: 'com.microsoft' })],
        ['y'],
      ),
      'which it prefers',
    ],
    [
      'where they would become millions of nodes',
      modelWith(
        [
          softmax('F0', {}),
          ...Array.from({ length: 24 }, (_, level) =>
            functionOf(`F${level + 1}`, {
              inputs: ['a'],
              outputs: ['b'],
              nodes: [call(`F${level}`, ['a'], ['m']), call(`F${level}`, ['m'], ['b'])],
            }),
          ),
        ],
        [call('F24', ['x'], ['y'])],
        ['y'],
      ),
      'more than 1000000 operators',
    ],
  ])('%s', (_name, built, reason) => {
    const model = reread(built);
    const before = bytesOf(model);
    const { callCount, kept } = inlineFunctions(model);
    expect([callCount, kept.map((each) => each.reason)]).toEqual([0, [expect.stringContaining(reason) as string]]);
    expect(bytesOf(model).equals(before)).toBe(true);
  });

  test('and so does a function that is called by one which is inlined', async () => {
    const model = modelWith(
      [
        functionOf('Mixed', {
          inputs: ['a', 'i'],
          outputs: ['b', 'j'],
          nodes: [nodeOf('Exp', ['a'], ['b']), call('Rows', ['i'], ['j'])],
        }),
        rows,
      ],
      [call('Mixed', ['x', 'ids'], ['y', 'z'])],
      ['y', 'z'],
    );
    const wanted = await runModel(model);
    expect(inlineFunctions(model)).toMatchObject({ callCount: 1, inlined: ['Mixed'], kept: [{ name: 'Rows' }] });
    expect(model.functions.map(({ name }) => name)).toEqual(['Rows']);
    expect(await runModel(model)).toEqual(wanted);
  });
});

describe('damaged models are refused', () => {
  const calling = (name: string, other: string) =>
    functionOf(name, { inputs: ['a'], outputs: ['b'], nodes: [call(other, ['a'], ['b'])] });
  test.each([
    ['a function that calls itself', [calling('A', 'A')], 'its function “A” calls itself'],
    ['by way of others', [calling('A', 'B'), calling('B', 'C'), calling('C', 'A')], 'its function “A” calls itself'],
    [
      'functions that nest too deep',
      Array.from({ length: 5000 }, (_, level) => calling(`F${level}`, `F${level + 1}`)),
      'more than 100 levels deep',
    ],
  ])('%s', (_name, functions, sentence) => {
    const model = modelWith(functions, [call(functions[0]?.name ?? '', ['x'], ['y'])], ['y']);
    expect(() => inlineFunctions(model)).toThrow(sentence);
  });
});
