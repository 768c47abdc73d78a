import { describe, expect, test } from 'vitest';
import { graphOf, nodeOf, valueOf } from '../../../tests/fakes/small-model.ts';
import { inferDtypes } from './infer-dtypes.ts';

const dtypesOf = (...nodes: ReturnType<typeof nodeOf>[]) =>
  inferDtypes(
    graphOf({ inputs: [valueOf('ids', 'int64'), valueOf('x', 'float32'), valueOf('half', 'float16')], nodes }),
  );

describe('operators whose result is of another type than their first input', () => {
  test.each([
    ['TfIdfVectorizer', ['ids'], {}, 'float32'],
    ['MelWeightMatrix', ['ids'], {}, 'float32'],
    ['MelWeightMatrix', ['ids'], { output_datatype: 11n }, 'float64'],
    ['Shape', ['x'], {}, 'int64'],
    ['CastLike', ['ids', 'half'], {}, 'float16'],
  ])('%s gives what it says, %#', (opType, inputs, attributes, expected) => {
    expect(dtypesOf(nodeOf(opType, inputs, ['y'], attributes)).get('y')).toBe(expected);
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
