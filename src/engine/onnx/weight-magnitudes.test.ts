import { expect, test, vi } from 'vitest';
import { mapTensor } from './deferred-tensors.ts';
import { tensorFrom } from './tensor-contents.ts';
import { boundProduct, isFiniteWeight } from './weight-magnitudes.ts';

const LENGTH = 2 ** 19;

function weightOf(last: number) {
  return tensorFrom('w', 'float32', [LENGTH], new Float32Array(LENGTH).fill(1).fill(last, LENGTH - 1));
}

test.each([
  ['ordinary values', 3e38, true],
  ['the most negative value', -3.402_823_466_385_288_6e38, true],
  ['NaN', Number.NaN, false],
  ['an infinity', -Infinity, false],
])('a weight with %s is found finite or not', (_, last, expected) => {
  expect(isFiniteWeight(weightOf(last))).toBe(expected);
});

test.each([
  ['is not computed where it cannot overflow', 1e30, 2, 0, true],
  ['is computed where it might, and does', 3e38, 2, 1, false],
  ['is computed where a factor is no number', 1, Number.NaN, 1, false],
  ['is computed where the weight is not finite', Infinity, 1, 1, false],
])('a product of a weight and a factor %s', (_, last, factor, computedCount, expected) => {
  const weight = weightOf(last);
  const multiply = vi.fn<(values: Float32Array) => void>((values) => {
    for (const [index, value] of values.entries()) values[index] = value * factor;
  });
  const product = mapTensor('product', weight, multiply);
  boundProduct(product, weight, factor);
  expect(isFiniteWeight(product)).toBe(expected);
  expect(multiply).toHaveBeenCalledTimes(computedCount);
});
