import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { centrePossibilities, type Possibility } from './centre-possibilities.ts';

const given = { kind: 'times', partCount: 5, withTrend: true } as const;

/** That which explains the values best where noise has a variance of 1. */
function best(values: readonly number[]): Possibility {
  const fits = centrePossibilities(values, given).map((possibility) => ({
    possibility,
    score: -possibility.squares - possibility.logDeterminant - Math.log(possibility.information),
  }));
  return fits.reduce((first, second) => (second.score > first.score ? second : first)).possibility;
}

describe('how blocks may have come about', () => {
  test('mirrored values have mirrored centres, as well known, and every fit leaves squares of 0 or more', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 4, maxLength: 60 }), (values) => {
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        const around = values.map((value) => value - mean);
        const mirrored = centrePossibilities(
          around.map((value) => -value),
          given,
        );
        for (const [index, possibility] of centrePossibilities(around, given).entries()) {
          expect(mirrored[index]?.centre).toBeCloseTo(-possibility.centre, 6);
          expect(mirrored[index]?.information).toBeCloseTo(possibility.information, 9);
          expect(possibility.squares).toBeGreaterThanOrEqual(0);
          expect(possibility.weight).toBeGreaterThan(0);
        }
      }),
      { numRuns: 30 },
    );
  });

  test.each([
    ['a line', (place: number) => 20 * place, true],
    ['a bend', (place: number) => 20 * (place ** 2 - 1 / 3), true],
    ['a wave', (place: number) => 10 * Math.sin(7 * place), false],
  ] as const)('of 40 values along %s, whether a trend explains them best', (_, level, isTrend) => {
    const values = Array.from({ length: 40 }, (__, index) => level(index / 19.5 - 1) + (index % 3) - 1);
    expect(best(values).aroundTrend !== null).toBe(isTrend);
  });

  test('a trend leaves the centre as well known as what befalls blocks around it', () => {
    const values = Array.from({ length: 40 }, (_, index) => index - 19.5);
    for (const { aroundTrend, centre, information } of centrePossibilities(values, given)) {
      if (aroundTrend === null) continue;
      expect(centre).toBe(0);
      expect(information).toBeCloseTo(40 / aroundTrend, 9);
    }
    expect(centrePossibilities(values, { ...given, withTrend: false }).every((fit) => fit.aroundTrend === null)).toBe(
      true,
    );
  });
});
