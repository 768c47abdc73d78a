import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeBfloat16, LARGEST_BFLOAT16 } from './bfloat16.ts';
import { floatsOf, tensorFrom } from './tensor-contents.ts';

const there = (...values: number[]): number[] => [
  ...floatsOf(tensorFrom('t', 'bfloat16', [values.length], encodeBfloat16(Float32Array.from(values)))),
];

describe('bfloat16', () => {
  test.each([
    [1, 1],
    [-0, -0],
    [Infinity, Infinity],
    [Number.NaN, Number.NaN],
    // 1 + 2^-8 lies in the middle of 1 and 1 + 2^-7: even is 1. One and a half steps up, even is 1 + 2^-6.
    [1 + 2 ** -8, 1],
    [1 + 3 * 2 ** -8, 1 + 2 ** -6],
    [1 + 2 ** -8 + 2 ** -20, 1 + 2 ** -7],
    [LARGEST_BFLOAT16, LARGEST_BFLOAT16],
    [2 ** -149, 0],
  ])('of %d is %d', (value, expected) => {
    expect(there(value)).toEqual([expected]);
  });

  test('is within half a step of 8 bits of every normal number', () => {
    fc.assert(
      fc.property(fc.float({ min: Math.fround(2 ** -126), max: Math.fround(3e38), noNaN: true }), (value) => {
        const [rounded = 0] = there(value);
        expect(Math.abs(rounded - value)).toBeLessThanOrEqual(value * 2 ** -8);
        expect(there(rounded)).toEqual([rounded]);
      }),
    );
  });
});
