import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAmongTop, klDivergence, topClass, toProbabilities } from './class-scores.ts';

test.each([
  [[1, 3, 2], 1],
  [[3, 3, 2], 0],
  [[-Infinity, -Infinity], 0],
  [[Number.NaN, -5], 1],
  [[Number.NaN, Number.NaN], -1],
])('the top class of %j is %i', (scores, expected) => {
  expect(topClass(scores)).toBe(expected);
});

describe('the best classes', () => {
  test.each([
    [[5, 4, 3, 2], 2, 3, true],
    [[5, 4, 3, 2], 3, 3, false],
    // Of equals the first ones rank higher.
    [[1, 1, 1, 1], 2, 3, true],
    [[1, 1, 1, 1], 3, 3, false],
    [[Number.NaN, 1], 0, 1, false],
    [[1, 2], 7, 5, false],
  ])('of %j with class %i among %i', (scores, classIndex, count, expected) => {
    expect(isAmongTop(scores, classIndex, count)).toBe(expected);
  });

  test('include exactly `count` classes when no score is NaN', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 5, maxLength: 12 }), (scores) => {
        expect(scores.filter((_, index) => isAmongTop(scores, index, 5))).toHaveLength(5);
        expect(isAmongTop(scores, topClass(scores), 1)).toBe(true);
      }),
    );
  });
});

describe('probabilities', () => {
  test('are the softmax of scores', () => {
    const [first = 0, second = 0] = toProbabilities([Math.log(3), 0]);
    expect(first).toBeCloseTo(0.75, 12);
    expect(second).toBeCloseTo(0.25, 12);
  });

  test('of large scores do not overflow', () => {
    expect(Array.from(toProbabilities([1000, 0]))).toEqual([1, 0]);
  });

  test('that are a distribution already stay', () => {
    expect(Array.from(toProbabilities([0.25, 0.75]))).toEqual([0.25, 0.75]);
  });

  const scores = fc.array(fc.double({ min: -30, max: 30, noNaN: true }), { minLength: 4, maxLength: 4 });

  test('have a divergence that is never negative, and zero from themselves', () => {
    fc.assert(
      fc.property(scores, scores, (a, b) => {
        expect(klDivergence(toProbabilities(a), toProbabilities(b))).toBeGreaterThanOrEqual(0);
        expect(klDivergence(toProbabilities(a), toProbabilities(a))).toBe(0);
      }),
    );
  });

  test('the divergence is the textbook one', () => {
    expect(klDivergence(Float64Array.of(0.5, 0.5), Float64Array.of(0.25, 0.75))).toBeCloseTo(
      0.5 * Math.log(2) + 0.5 * Math.log(2 / 3),
      12,
    );
  });

  test('a class that is ruled out gives a finite divergence', () => {
    expect(klDivergence(Float64Array.of(1, 0), Float64Array.of(0, 1))).toBeCloseTo(126 * Math.log(2), 9);
  });
});
