import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dipOf } from './dip.ts';
import { classifyOutliers } from './outliers.ts';
import { createRandom } from './random.ts';
import { findTwoSpeeds } from './two-speeds.ts';

function normalDeviate(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

describe('dip', () => {
  test.each([
    ['evenly spaced values', [1, 2, 3, 4, 5, 6, 7, 8], 1 / 16],
    ['two equal groups without width', [0, 0, 1, 1], 1 / 4],
    ['one value', [3], 1 / 2],
    ['equal values', [2, 2, 2, 2], 1 / 8],
    // By hand: 0.7 of the mass at 0, so a concave line from there leaves 0.3 at 1 unexplained.
    ['seven at one place, three at another', [0, 0, 0, 0, 0, 0, 0, 1, 1, 1], 0.15],
  ])('%s', (_, values, expected) => {
    expect(dipOf(values)).toBeCloseTo(expected, 12);
  });

  test('scale, place and direction do not change it, and it lies between its bounds', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 1, maxLength: 40 }), (values) => {
        const sorted = values.toSorted((a, b) => a - b);
        const dip = dipOf(sorted);
        expect(dip).toBeGreaterThanOrEqual(1 / (2 * values.length) - 1e-12);
        expect(dip).toBeLessThanOrEqual(Math.max(0.25, 1 / (2 * values.length)) + 1e-12);
        expect(dipOf(sorted.map((value) => 3 * value + 7))).toBeCloseTo(dip, 9);
        expect(dipOf(sorted.map((value) => -value).toReversed())).toBeCloseTo(dip, 9);
      }),
    );
  });
});

describe('two speeds', () => {
  const random = createRandom(4);
  const blocksOf = (timeMs: (round: number) => number) =>
    Array.from({ length: 30 }, (_, round) => ({ samplesMs: Array.from({ length: 20 }, () => timeMs(round)) }));
  const noise = (): number => Math.exp(0.02 * normalDeviate(random));

  test('runs that jump between two speeds are found, with both speeds', () => {
    const speeds = findTwoSpeeds(blocksOf(() => (random() < 0.4 ? 12 : 10) * noise()));
    expect(speeds?.fastMs).toBeCloseTo(10, 0);
    expect(speeds?.slowMs).toBeCloseTo(12, 0);
    expect(Math.abs((speeds?.slowShare ?? 0) - 0.4)).toBeLessThan(0.08);
  });

  test('blocks that jump between two speeds are found', () => {
    expect(findTwoSpeeds(blocksOf((round) => (round % 5 < 2 ? 12 : 10) * noise()))?.slowMs).toBeCloseTo(12, 0);
  });

  test.each([1, 2, 9])('%i blocks are judged by their samples alone', (count) => {
    const many = Array.from({ length: count }, () => ({ samplesMs: Array.from({ length: 40 }, () => 10 * noise()) }));
    expect(findTwoSpeeds(many)).toBeNull();
    expect(findTwoSpeeds(many.map(({ samplesMs }) => ({ samplesMs: samplesMs.slice(0, 1) })))).toBeNull();
  });

  test.each([
    ['one speed', () => 10 * noise()],
    ['drift', (round: number) => 10 * (1 + 0.01 * round) * noise()],
    ['few far outliers', () => (random() < 0.05 ? 40 : 10) * noise()],
    ['a clock that steps by one per cent', () => Math.round(100 * noise()) / 10],
    ['two speeds within two per cent', () => (random() < 0.5 ? 10.1 : 10) * Math.exp(0.001 * normalDeviate(random))],
  ])('%s is not two speeds', (_, timeMs) => {
    expect(findTwoSpeeds(blocksOf(timeMs))).toBeNull();
  });
});

test('outliers are counted by side, distance and company', () => {
  const rest = Array.from({ length: 40 }, (_, index) => 10 + index / 100);
  const blocks = [{ samplesMs: [...rest, 30, 31, ...rest, 32] }, { samplesMs: [30, ...rest, 5, 10.75, 9.65] }];
  expect(classifyOutliers(blocks)).toEqual({ mildAbove: 1, severeAbove: 4, mildBelow: 1, severeBelow: 1, inBursts: 2 });
});
