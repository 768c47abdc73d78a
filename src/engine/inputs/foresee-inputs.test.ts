import { expect, test } from 'vitest';
import { generateValues } from '../runtime/generate-values.ts';
import { readNumbers } from '../runtime/tensor-values.ts';
import { foreseeGenerated } from './foresee-inputs.ts';

const foresee = (shape: (number | string)[], { name = 'x', dtype = 'float32', batchSize = 1, dimensions = {} } = {}) =>
  foreseeGenerated([{ name, dtype, shape }], { batchSize, dimensions })[0];

test('sizes that are assumed are named, and the batch and those that are given are not', () => {
  expect(foresee(['batch', 3, 'height', ''], { batchSize: 2 })).toMatchObject({
    shape: [2, 3, 224, 224],
    assumed: [
      { dimension: 'height', size: 224 },
      { dimension: 'x:3', size: 224 },
    ],
  });
  expect(foresee(['batch', 3, 'height', 8], { dimensions: { height: 16 } })).toMatchObject({
    shape: [1, 3, 16, 8],
    assumed: [],
  });
});

test.each([
  ['x', 'uint8'],
  ['x', 'int8'],
  ['x', 'bool'],
  ['ids', 'int64'],
  ['attention_mask', 'int64'],
  ['token_type_ids', 'int32'],
  ['position_ids', 'int64'],
  ['sr', 'int64'],
])('the range told of “%s” of %s is that of what is generated', (name, dtype) => {
  const input = { name, dtype, shape: [1, 5000] };
  const values = Array.from(readNumbers(dtype, generateValues(input, 7)));
  const { lowest, highest } = foresee(input.shape, { name, dtype }) ?? {};
  expect([lowest, highest]).toEqual([Math.min(...values), Math.max(...values)]);
});

test('floats have no range, and what cannot be generated is refused as it will be then', () => {
  expect(foresee([1])).toMatchObject({ source: 'generated, standard normal', lowest: null, highest: null });
  expect(() => foresee([1], { dtype: 'string' })).toThrow('The input “x” has element type string');
  expect(() => foresee([2 ** 30, 3])).toThrow('takes 12.0 GiB; Whittle makes 2.00 GiB at most');
});
