/** Graphs as ONNX Runtime writes them after optimizing, small enough to see. */
import { describe, expect, test } from 'vitest';
import type { Finding } from '#shared/model.ts';
import { modelAround, nodeOf } from '../../../../tests/fakes/small-model.ts';
import {
  createNode,
  graphSchema,
  type ModelProto,
  modelSchema,
  type TensorProto,
  tensorTypeSchema,
  typeSchema,
  valueInfoSchema,
} from '../../onnx/ir.ts';
import { createMessage } from '../../onnx/message.ts';
import { tensorFrom } from '../../onnx/tensor-contents.ts';
import { explainGraph } from './explain-graph.ts';

type Line = readonly [type: string, inputs: string, outputs: string, domain?: string];

const value = (name: string) =>
  createMessage(valueInfoSchema, {
    name,
    type: createMessage(typeSchema, { tensor: createMessage(tensorTypeSchema, { elementType: 1 }) }),
  });
const arrays = { int8: Int8Array, uint8: Uint8Array, uint16: Uint16Array };
const zeroPoint = (name: string, type: keyof typeof arrays): TensorProto =>
  tensorFrom(name, type, [], arrays[type].of(0));
const weights = [
  tensorFrom('w', 'float32', [1], Float32Array.of(1)),
  tensorFrom('wq', 'uint8', [1], Uint8Array.of(1)),
  tensorFrom('s', 'float32', [], Float32Array.of(1)),
  zeroPoint('z8', 'uint8'),
  zeroPoint('z16', 'uint16'),
  zeroPoint('zs', 'int8'),
];

/** A model from x to y. A node is called like its first output. */
function modelOf(...lines: Line[]): ModelProto {
  const nodes = lines.map(([opType, inputs, outputs, domain = '']) =>
    createNode({
      opType,
      domain,
      name: outputs.split(' ')[0] ?? '',
      inputs: inputs.split(' '),
      outputs: outputs.split(' '),
    }),
  );
  const graph = createMessage(graphSchema, {
    inputs: [value('x')],
    outputs: [value('y')],
    initializers: weights,
    nodes,
  });
  return createMessage(modelSchema, { graph });
}

const explain = (parent: ModelProto, variant: ModelProto, bytesByDtype = {}): Finding[] =>
  explainGraph(parent, variant, { bytesByDtype });
const briefly = (findings: readonly Finding[]) =>
  findings.map(({ severity, kind, subjects }) => `${severity} ${kind}: ${subjects.join(' ')}`);

const floatProduct = modelOf(['MatMul', 'x w', 'y']);

describe('products', () => {
  test('in integers are counted and named', () => {
    const variant = modelOf(
      ['QuantizeLinear', 'x s z8', 'q'],
      ['MatMulIntegerToFloat', 'q wq s s', 'y', 'com.microsoft'],
    );
    const findings = explain(floatProduct, variant);
    expect(briefly(findings)).toEqual(['info integer-products: y', 'info conversions: ']);
    expect(findings[0]?.message).toBe(
      '1 of the parent’s 1 convolutions, matrix products and recurrent layers computes in integers: MatMulIntegerToFloat × 1.',
    );
    expect(findings[1]?.message).toBe(
      '1 conversion between float32 and integers is left: 1 at inputs and outputs of the model.',
    );
  });

  test('that stay in floating point are told apart by whether their weights are constant', () => {
    const parent = modelOf(['MatMul', 'x w', 'a'], ['MatMul', 'a a', 'b'], ['MatMul', 'b w', 'y']);
    const variant = modelOf(
      ['MatMulNBits', 'x wq s', 'a', 'com.microsoft'],
      ['MatMul', 'a a', 'b'],
      ['MatMul', 'b w', 'y'],
    );
    const findings = explain(parent, variant);
    expect(briefly(findings)).toEqual(['info block-products: a', 'info float-products: y']);
    expect(findings[1]?.message).toContain('2 of the parent’s 3');
    expect(findings[1]?.message).toContain('1 of them has no constant weights.');
  });

  test('that stay in floating point beside quantized weights have constant ones', () => {
    const variant = modelOf(
      ['MatMulNBits', 'x wq s', 'a', 'com.microsoft'],
      ['DequantizeLinear', 'wq s z8', 'wd'],
      ['Conv', 'a wd', 'y'],
    );
    const told = explain(floatProduct, variant).find(({ kind }) => kind === 'float-products');
    expect(told?.message).toMatch(/in floating point: Conv × 1\.$/);
  });

  const blocks = (input: string, output: string): Line => ['MatMulNBits', `${input} wq s`, output, 'com.microsoft'];
  test.each([
    [modelOf(blocks('x', 'a'), ['MatMul', 'a a', 'y']), /1 of .* unpacks its weights .* while it computes/],
    [modelOf(blocks('x', 'a'), ['MatMul', 'a a', 'y']), /1 of .* layers computes in floating .* It has no constant/],
    [modelOf(blocks('x', 'a'), blocks('a', 'y')), /2 of .* unpack their weights .* while they compute/],
    [
      modelOf(blocks('x', 'a'), ['MatMul', 'a a', 'b'], ['MatMul', 'b b', 'y']),
      /2 of .* layers compute in floating .* All of them have no constant/,
    ],
  ])('are told in grammar that goes with how many there are: %#', (variant, sentence) => {
    const messages = explain(floatProduct, variant).map(({ message }) => message);
    expect(messages.filter((message) => sentence.test(message))).toHaveLength(1);
  });
});

describe('quantized operators that compute in float32', () => {
  const around = (operator: Line, zero: string): ModelProto =>
    modelOf(
      ['QuantizeLinear', `x s ${zero}`, 'q'],
      ['DequantizeLinear', `q s ${zero}`, 'd'],
      ['DequantizeLinear', 'wq s z8', 'wd'],
      operator,
      ['QuantizeLinear', `c s ${zero}`, 'r'],
      ['DequantizeLinear', `r s ${zero}`, 'y'],
    );

  test.each([
    [around(['Conv', 'd wd', 'c'], 'z16'), 'no 16-bit integer kernel'],
    [around(['Conv', 'd wd', 'c'], 'z8'), 'no integer kernel for this combination'],
    [around(['Conv', 'd wd', 'c'], 'zs'), 'it reads or makes int8 activations'],
    [around(['FusedConv', 'd wd', 'c', 'com.microsoft'], 'z8'), 'ranges do.'],
    [around(['AveragePool', 'd', 'c'], 'zs'), 'Set activationType to uint8.'],
    [around(['Conv', 'x wd', 'c'], 'z8'), 'what it multiplies its quantized weights by is float32'],
    [around(['AveragePool', 'd', 'c'], 'z8'), 'no integer kernel for this combination'],
    [
      modelOf(
        ['DequantizeLinear', 'x s z8', 'd'],
        ['DequantizeLinear', 'wq s z8', 'wd'],
        ['Conv', 'd wd', 'c'],
        ['HardSwish', 'c', 'y'],
      ),
      'its result goes to HardSwish in float32',
    ],
  ])('are named with the likely reason: %#', (variant, cause) => {
    const unfused = explain(floatProduct, variant).filter(({ kind }) => kind === 'unfused-pairs');
    expect(unfused).toMatchObject([{ severity: 'warning', subjects: ['c'], message: expect.stringContaining(cause) }]);
    expect(unfused[0]?.message).toMatch(/^1 quantized operator \(\w+ × 1\) still computes in float32/);
  });

  test('are told of as one or as several', () => {
    const convolution = (name: string): Line[] => [
      ['DequantizeLinear', 'x s z8', `d${name}`],
      ['DequantizeLinear', 'wq s z8', `wd${name}`],
      ['Conv', `d${name} wd${name}`, name],
    ];
    const messageOf = (...lines: Line[]): string | undefined =>
      explain(floatProduct, modelOf(...lines)).find(({ kind }) => kind === 'unfused-pairs')?.message;
    expect(messageOf(...convolution('y'))).toMatch(/: its result is an output of the model in float32\.$/);
    expect(
      messageOf(...convolution('a'), ...convolution('b'), ['HardSwish', 'a', 'c'], ['HardSwish', 'b', 'y']),
    ).toMatch(/^2 quantized operators .*: their results go to HardSwish in float32\.$/);
  });

  test('are not those beside which something is float32 by choice', () => {
    const variant = modelOf(
      ['DequantizeLinear', 'x s z8', 'd'],
      ['Add', 'd w', 'c'],
      ['QuantizeLinear', 'c s z8', 'q'],
      ['QLinearMatMul', 'q s z8 wq s z8 s z8', 'y'],
    );
    const findings = explain(floatProduct, variant);
    expect(findings.map(({ kind }) => kind)).toEqual(['integer-products', 'conversions']);
    expect(findings[1]).toMatchObject({
      severity: 'warning',
      subjects: ['d', 'q'],
      message: expect.stringContaining('2 beside operators that compute in float32 (Add × 1)'),
    });
  });

  test('are not shapes, which need no values', () => {
    const variant = modelOf(
      ['QuantizeLinear', 'x s z8', 'q'],
      ['DequantizeLinear', 'q s z8', 'd'],
      ['Shape', 'd', 'shape'],
      ['MatMulIntegerToFloat', 'q wq s s', 'm', 'com.microsoft'],
      ['Reshape', 'm shape', 'y'],
    );
    expect(briefly(explain(floatProduct, variant))).toContain('info conversions-for-shapes: d');
  });
});

test('convolutions with dynamic quantization are warned of, and the cast of their sums is not one', () => {
  const parent = modelOf(['Conv', 'x w', 'y']);
  const variant = modelOf(
    ['DynamicQuantizeLinear', 'x', 'q qs qz'],
    ['ConvInteger', 'q wq qz', 'c'],
    ['Cast', 'c', 'f'],
    ['Mul', 'f qs', 'y'],
  );
  expect(briefly(explain(parent, variant))).toEqual(['info integer-products: c', 'warning integer-convolution: c']);
});

test('convolutions that lost the blocked layout are named', () => {
  const parent = modelOf(['Conv', 'x w', 'a', 'com.microsoft.nchwc'], ['Conv', 'a w', 'y', 'com.microsoft.nchwc']);
  const variant = modelOf(
    ['Conv', 'x w', 'a_nchwc', 'com.microsoft.nchwc'],
    ['FusedConv', 'a_nchwc w', 'y', 'com.microsoft'],
  );
  expect(briefly(explain(parent, variant))).toEqual(['warning general-convolution: y']);
  expect(explain(parent, parent)).toEqual([]);
});

test('layers that are taken apart are counted', () => {
  const parent = modelOf(['Gelu', 'x', 'a', 'com.microsoft'], ['Softmax', 'a', 'y']);
  const variant = modelOf(['BiasGelu', 'x w', 'a', 'com.microsoft'], ['Exp', 'a', 'b'], ['Div', 'b w', 'y']);
  const findings = explain(parent, variant);
  expect(briefly(findings)).toEqual(['warning taken-apart: ']);
  expect(findings[0]?.message).toContain('1 of the parent’s 1 softmax operator became');
});

describe('float16 on a CPU', () => {
  const parent = modelOf(['Add', 'x w', 'a'], ['Relu', 'a', 'y']);

  test('casts between operators count, those of inputs, constants and outputs do not', () => {
    const variant = modelOf(
      ['Cast', 'x', 'x16'],
      ['Cast', 'w', 'w16'],
      ['Add', 'x16 w16', 'a'],
      ['Cast', 'a', 'InsertedPrecisionFreeCast_a'],
      ['Relu', 'InsertedPrecisionFreeCast_a', 'b'],
      ['Cast', 'b', 'y'],
    );
    expect(briefly(explain(parent, variant))).toEqual(['warning casts: a']);
  });

  test('weights that are converted at loading are told', () => {
    expect(briefly(explain(parent, parent, { float16: 1000 }))).toEqual(['info half-as-float: ']);
    expect(explain(parent, parent, { float32: 1000 })).toEqual([]);
  });

  test.each([
    [1024, ['warning half-on-every-run: half']],
    [1023, []],
  ])('of weights in float16 that are cast on every run, such of %d elements are told: %j', (count, expected) => {
    const half = tensorFrom('half', 'float16', [count], new Uint16Array(count));
    const variant = modelAround({
      initializers: [half],
      nodes: [nodeOf('Cast', ['half'], ['whole'], { to: 1n }), nodeOf('LSTM', ['x', 'whole'], ['y'])],
    });
    expect(briefly(explain(variant, variant, { float32: 1000 }))).toEqual(expected);
    expect(
      explain(variant, variant, { float32: 1000 })
        .map(({ message }) => message)
        .join(),
    ).toMatch(count === 1024 ? /^1 float16 weight is converted .*LSTM × 1/ : /^$/);
  });
});
