import { describe, expect, test } from 'vitest';
import { describeValues, generateValues } from './generate-values.ts';
import { readNumbers } from './tensor-values.ts';

const draw = (name: string, dtype: string, shape: number[], seed = 1): number[] =>
  Array.from(readNumbers(dtype, generateValues({ name, dtype, shape }, seed)));

test('the same seed gives the same bytes, another seed or input others', () => {
  const values = draw('x', 'float32', [50]);
  expect(draw('x', 'float32', [50])).toEqual(values);
  expect(draw('x', 'float32', [50], 2)).not.toEqual(values);
  expect(draw('y', 'float32', [50])).not.toEqual(values);
});

test('a mask of floats lets everything through', () => {
  const input = { name: 'attention_mask', dtype: 'float32', shape: [2, 3] };
  expect([...new Float32Array(generateValues(input, 1).buffer)]).toEqual([1, 1, 1, 1, 1, 1]);
  expect(describeValues(input)).toEqual({ source: 'generated, ones', lowest: 1, highest: 1 });
});

test.each(['float32', 'float64', 'float16'])('%s values are standard normal', (dtype) => {
  const values = draw('x', dtype, [100, 100]);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  expect(Math.abs(mean)).toBeLessThan(0.05);
  expect(Math.abs(variance - 1)).toBeLessThan(0.05);
});

test.each([
  ['uint8', 0, 255],
  ['int8', -128, 127],
])('%s values fill their range', (dtype, lowest, highest) => {
  const values = draw('x', dtype, [10_000]);
  expect(Math.min(...values)).toBe(lowest);
  expect(Math.max(...values)).toBe(highest);
});

describe('integers follow their name', () => {
  test.each([
    ['attention_mask', 'int64', [1, 3], [1, 1, 1]],
    ['token_type_ids', 'int64', [1, 3], [0, 0, 0]],
    ['position_ids', 'int64', [2, 3], [0, 1, 2, 0, 1, 2]],
    ['sr', 'int64', [], [16_000]],
    ['x_length', 'int32', [2], [1, 1]],
  ])('%s', (name, dtype, shape, expected) => {
    expect(draw(name, dtype, shape)).toEqual(expected);
  });

  test.each(['int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64'])('other %s are small indices', (dtype) => {
    const values = draw('input_ids', dtype, [1000]);
    expect(new Set(values).size).toBe(10);
    expect(Math.max(...values)).toBe(9);
  });
});

describe('what becomes an index of a table stays within its rows', () => {
  const table = { name: 'emb', rows: 4 };
  test.each([
    ['input_ids', 'int64', [0, 1, 2, 3], 'generated, indices of the 4 rows of “emb”'],
    ['x', 'uint8', [0, 1, 2, 3], 'generated, indices of the 4 rows of “emb”'],
    ['x', 'int8', [0, 1, 2, 3], 'generated, indices of the 4 rows of “emb”'],
    ['position_ids', 'int32', [0, 1, 2, 3], 'generated, positions within the 4 rows of “emb”'],
    ['attention_mask', 'int64', [1], 'generated, ones'],
    ['sr', 'int64', [0], 'generated, the sample rate within the 4 rows of “emb”'],
  ])('%s of %s', (name, dtype, expected, source) => {
    const input = { name, dtype, shape: [2, 100], table };
    const values = Array.from(readNumbers(dtype, generateValues(input, 1)));
    expect([...new Set(values)].toSorted((a, b) => a - b)).toEqual(expected);
    expect(describeValues(input)).toEqual({ source, lowest: expected[0], highest: expected.at(-1) });
  });

  test('a table of more rows changes nothing', () => {
    const input = { name: 'input_ids', dtype: 'int64', shape: [2, 100] };
    const inTable = { ...input, table: { name: 'emb', rows: 30_000 } };
    expect(generateValues(inTable, 1)).toEqual(generateValues(input, 1));
    expect(describeValues(inTable)).toEqual(describeValues(input));
  });
});

test('booleans are true', () => {
  expect(draw('flag', 'bool', [3])).toEqual([1, 1, 1]);
});

test.each(['string', 'uint4'])('the error for %s names the input', (dtype) => {
  expect(() => generateValues({ name: 'words', dtype, shape: [1] }, 1)).toThrow(
    `The input “words” has element type ${dtype}`,
  );
});

test('beyond what is drawn, values repeat in whole rows', () => {
  const values = generateValues({ name: 'position_ids', dtype: 'uint16', shape: [2000, 3000] }, 1);
  const numbers = new Uint16Array(values.buffer);
  expect(numbers).toHaveLength(6_000_000);
  expect(numbers.findIndex((value, index) => value !== index % 3000)).toBe(-1);
});

test.each([
  ['float32', '7.50 TiB'],
  ['int64', '15.0 TiB'],
  ['bool', '1.88 TiB'],
])('more %s values than can be made are an error with the shape', (dtype, size) => {
  expect(() => generateValues({ name: 'x', dtype, shape: [2 ** 30, 3, 640] }, 1)).toThrow(
    `The input “x” of shape 1073741824 × 3 × 640 takes ${size}; Whittle makes 2.00 GiB at most.`,
  );
});
