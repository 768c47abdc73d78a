import { describe, expect, test } from 'vitest';
import { graphOf, nodeOf, valueOf } from '../../../tests/fakes/small-model.ts';
import { inferDtypes } from './infer-dtypes.ts';

const dtypesOf = (...nodes: ReturnType<typeof nodeOf>[]) =>
  inferDtypes(
    graphOf({
      inputs: [
        valueOf('ids', 'int64'),
        valueOf('x', 'float32'),
        valueOf('half', 'float16'),
        valueOf('byte', 'int8'),
        valueOf('flag', 'bool'),
        valueOf('words', 'string'),
        valueOf('exponent', 'float8e8m0'),
      ],
      nodes,
    }),
  );

describe('operators whose result is of another type than their first input', () => {
  test.each([
    ['TfIdfVectorizer', ['ids'], {}, ['float32']],
    ['MelWeightMatrix', ['ids'], {}, ['float32']],
    ['MelWeightMatrix', ['ids'], { output_datatype: 11n }, ['float64']],
    ['HannWindow', ['ids'], {}, ['float32']],
    ['BlackmanWindow', ['ids'], { output_datatype: 11n }, ['float64']],
    ['Shape', ['x'], {}, ['int64']],
    ['Size', ['x'], {}, ['int64']],
    ['NonZero', ['x'], {}, ['int64']],
    ['ArgMax', ['half'], {}, ['int64']],
    ['NonMaxSuppression', ['x', 'x'], {}, ['int64']],
    ['IsNaN', ['x'], {}, ['bool']],
    ['Less', ['ids', 'ids'], {}, ['bool']],
    ['CastLike', ['ids', 'half'], {}, ['float16']],
    ['Cast', ['ids'], { to: 10n }, ['float16']],
    ['BitCast', ['x'], { to: 6n }, ['int32']],
    ['Where', ['flag', 'half', 'half'], {}, ['float16']],
    ['OneHot', ['ids', 'ids', 'half'], {}, ['float16']],
    ['TopK', ['half', 'ids'], {}, ['float16', 'int64']],
    ['Unique', ['half'], {}, ['float16', 'int64', 'int64', 'int64']],
    ['MaxPool', ['half'], {}, ['float16', 'int64']],
    ['Dropout', ['half'], {}, ['float16', 'bool']],
    ['Multinomial', ['x'], {}, ['int32']],
    ['Multinomial', ['x'], { dtype: 7n }, ['int64']],
    ['Bernoulli', ['x'], {}, ['float32']],
    ['EyeLike', ['ids'], { dtype: 10n }, ['float16']],
    ['RandomNormal', [], { dtype: 10n }, ['float16']],
    ['RandomNormalLike', ['half'], {}, ['float16']],
    ['LayerNormalization', ['half', 'half', 'half'], {}, ['float16', 'float32', 'float32']],
    ['LayerNormalization', ['half', 'half', 'half'], { stash_type: 16n }, ['float16', 'bfloat16', 'bfloat16']],
    ['RMSNormalization', ['half', 'x'], {}, ['float32']],
    ['BatchNormalization', ['half', 'half', 'half', 'x', 'x'], {}, ['float16', 'float32', 'float32']],
    ['Attention', ['half', 'half', 'x'], {}, ['float16', 'float16', 'float32', 'float16']],
    ['SoftmaxCrossEntropyLoss', ['half', 'ids'], {}, ['float16', 'float16']],
    ['LSTM', ['half', 'half', 'half'], {}, ['float16', 'float16', 'float16']],
    ['Pow', ['half', 'ids'], {}, ['float16']],
    ['Resize', ['half', '', 'x'], {}, ['float16']],
    ['StringSplit', ['words'], {}, ['string', 'int64']],
    ['StringConcat', ['words', 'words'], {}, ['string']],
    ['RegexFullMatch', ['words'], {}, ['bool']],
    ['DynamicQuantizeLinear', ['x'], {}, ['uint8', 'float32', 'uint8']],
    ['QuantizeLinear', ['x', 'x'], {}, ['uint8']],
    ['QuantizeLinear', ['x', 'x', 'byte'], {}, ['int8']],
    ['QuantizeLinear', ['x', 'x'], { output_dtype: 5n }, ['int16']],
    ['DequantizeLinear', ['byte', 'half'], {}, ['float16']],
    ['DequantizeLinear', ['byte', 'half', 'byte'], { output_dtype: 1n }, ['float32']],
    ['MatMulInteger', ['byte', 'byte'], {}, ['int32']],
    ['QLinearMatMul', ['byte', 'x', 'byte', 'byte', 'x', 'byte', 'x', 'byte'], {}, ['int8']],
    ['QuantizeLinear', ['x', 'x', 'of another type'], {}, [undefined]],
    ['DequantizeLinear', ['byte', 'exponent'], {}, [undefined]],
    ['DequantizeLinear', ['byte', 'exponent'], { output_dtype: 16n }, ['bfloat16']],
    ['LinearAttention', ['half', 'half', 'half', 'x'], {}, ['float16', 'float32']],
    ['LinearAttention', ['half', 'half', 'half'], {}, ['float16', undefined]],
    ['Optional', ['half'], {}, [undefined]],
    ['OptionalHasElement', ['half'], {}, ['bool']],
    ['SequenceMap', ['parts'], {}, [undefined]],
  ] as [string, string[], Record<string, bigint>, (string | undefined)[]][])(
    '%s gives what its schema says, %#',
    (opType, inputs, attributes, expected) => {
      const outputs = expected.map((_, index) => `y${index}`);
      const dtypes = dtypesOf(nodeOf(opType, inputs, outputs, attributes));
      expect(outputs.map((name) => dtypes.get(name))).toEqual(expected);
    },
  );
});

describe('operators of other domains', () => {
  test.each([
    ['MultiHeadAttention', ['half', 'half', 'half'], ['float16', 'float16', 'float16', undefined]],
    ['GroupQueryAttention', ['half', 'half', 'half', 'byte', 'byte'], ['float16', 'int8', 'int8', 'float16']],
    ['QAttention', ['byte', 'byte', 'half', 'half', 'half'], ['float16', 'float16']],
    ['MatMulIntegerToFloat', ['byte', 'byte', 'half', 'half'], ['float16']],
    ['DynamicQuantizeLSTM', ['x', 'byte', 'byte'], ['float32', 'float32', 'float32']],
    ['GatherBlockQuantized', ['byte', 'ids', 'half'], ['float16']],
    ['SkipLayerNormalization', ['half', 'half', 'half'], ['float16', 'float32', 'float32', 'float16']],
    ['EmbedLayerNormalization', ['ids', 'ids', 'half'], ['float16', 'int32', 'float16']],
    ['QLinearConcat', ['x', 'byte', 'byte', 'x', 'byte'], ['int8']],
    ['Unique', ['x'], ['float32', 'int64', 'int64']],
    ['QGemm', ['byte', 'x', 'byte', 'byte', 'x', 'byte'], [undefined]],
  ] as [string, string[], (string | undefined)[]][])('%s of com.microsoft', (opType, inputs, expected) => {
    const outputs = expected.map((_, index) => `y${index}`);
    const dtypes = dtypesOf(nodeOf(opType, inputs, outputs, {}, { domain: 'com.microsoft' }));
    expect(outputs.map((name) => dtypes.get(name))).toEqual(expected);
  });

  test('have nothing to do with one of the standard that has the same name', () => {
    expect(dtypesOf(nodeOf('Shape', ['x'], ['y'], {}, { domain: 'own' })).get('y')).toBeUndefined();
    expect(dtypesOf(nodeOf('If', ['flag'], ['y'], {}, { domain: 'own' })).get('y')).toBeUndefined();
  });
});

test('what a loop is given has its type inside of it, declared or not, and hides a tensor of that name around it', () => {
  const body = graphOf({
    inputs: [valueOf('round'), valueOf('goes'), valueOf('ids')],
    outputs: [valueOf('goes'), valueOf('sum'), valueOf('round')],
    nodes: [nodeOf('Add', ['ids', 'half'], ['sum'])],
  });
  const dtypes = dtypesOf(nodeOf('Loop', ['', '', 'half'], ['last', 'rounds'], { body }));
  expect([dtypes.get('last'), dtypes.get('rounds'), dtypes.get('ids')]).toEqual(['float16', 'int64', 'int64']);
  const scanned = graphOf({
    inputs: [valueOf('a'), valueOf('b')],
    outputs: [valueOf('b')],
  });
  expect(dtypesOf(nodeOf('Scan', ['', 'x', 'half'], ['y'], { body: scanned })).get('y')).toBe('float16');
});

test('sequences have no element type themselves, and what is taken out of them has that of what was put in', () => {
  const dtypes = dtypesOf(
    nodeOf('SplitToSequence', ['half'], ['parts']),
    nodeOf('SequenceEmpty', [], ['none'], { dtype: 7n }),
    nodeOf('SequenceInsert', ['none', 'ids'], ['some']),
    nodeOf('SequenceAt', ['parts', 'ids'], ['part']),
    nodeOf('ConcatFromSequence', ['some'], ['all'], { axis: 0n }),
    nodeOf('SequenceLength', ['parts'], ['count']),
  );
  expect(
    Object.fromEntries(['parts', 'none', 'some', 'part', 'all', 'count'].map((name) => [name, dtypes.get(name)])),
  ).toEqual({
    parts: undefined,
    none: undefined,
    some: undefined,
    part: 'float16',
    all: 'int64',
    count: 'int64',
  });
});
