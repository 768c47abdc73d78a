import { describe, expect, test } from 'vitest';
import type { EngineTensor } from '#shared/engine-protocol.ts';
import { takeLabels } from './take-labels.ts';

const bytesOf = (values: ArrayBufferView): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
const int64 = (shape: number[], ...values: number[]): EngineTensor => ({
  dtype: 'int64',
  shape,
  bytes: bytesOf(BigInt64Array.from(values, BigInt)),
});
const take = (y: EngineTensor) => takeLabels(new Map([['y', y]]), 'y', 'x.npz');

test.each([
  ['int64', int64([3], 2, 0, 9)],
  ['a column', int64([3, 1], 2, 0, 9)],
  ['uint8', { dtype: 'uint8', shape: [3], bytes: Uint8Array.of(2, 0, 9) }],
])('labels are taken out of the arrays: %s', (_, y) => {
  const arrays = new Map([
    ['x', int64([1], 1)],
    ['y', y],
  ]);
  expect(takeLabels(arrays, 'y', 'x.npz')).toEqual([2, 0, 9]);
  expect([...arrays.keys()]).toEqual(['x']);
});

describe('refused', () => {
  test.each<[string, EngineTensor, string]>([
    ['floats', { ...int64([1], 0), dtype: 'float64' }, 'are float64, and classes are whole numbers. Convert'],
    ['scores', int64([1, 2], 0, 1), 'have the shape [1, 2], and one for each item was expected'],
    ['a scalar', int64([], 0), 'have the shape []'],
    ['what is no class', int64([3], 1, 1, -1), 'have -1 for item 3, which is no class'],
  ])('%s', (_, y, message) => {
    expect(() => take(y)).toThrow(message);
  });

  test('a name that the file does not have', () => {
    expect(() => takeLabels(new Map([['x', int64([1], 1)]]), 'y', 'x.npz')).toThrow(
      'x.npz has no array “y” with labels; it has “x”.',
    );
  });
});
