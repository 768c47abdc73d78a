import { expect, test } from 'vitest';
import { isFiniteArray } from './is-finite-array.ts';

const LARGEST = 3.402_823_466_385_288_6e38;

test.each([0, 1, 3, 4, 5, 8, 11])('of %i ordinary values, the largest among them, all are finite', (length) => {
  expect(isFiniteArray(Float32Array.from({ length }, (_, index) => (index % 2 === 0 ? LARGEST : -LARGEST)))).toBe(true);
});

test.each([Number.NaN, Infinity, -Infinity])('one %d is found wherever it stands', (value) => {
  for (let length = 1; length <= 9; length += 1) {
    for (let at = 0; at < length; at += 1) {
      expect(isFiniteArray(new Float32Array(length).fill(1).fill(value, at, at + 1))).toBe(false);
    }
  }
});

test('infinities of both signs do not cancel', () => {
  expect(isFiniteArray(Float32Array.of(Infinity, -Infinity, 0, 0))).toBe(false);
});
