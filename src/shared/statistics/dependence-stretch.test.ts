import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SampleBlock } from '../run.ts';
import { blockParts, ratioParts } from './block-parts.ts';
import { compareBlocks } from './compare-blocks.ts';
import { dependenceStretch } from './dependence-stretch.ts';
import { createRandom } from './random.ts';

/** A standard normal deviate from two uniform ones (Box–Muller). */
function normalDeviate(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Each value remembers so much of the one before; standard deviation 1. */
function rememberingSeries(random: () => number, count: number, memory: number): number[] {
  let value = normalDeviate(random);
  return Array.from({ length: count }, () => {
    value = memory * value + Math.sqrt(1 - memory ** 2) * normalDeviate(random);
    return value;
  });
}

/** Milliseconds: blocks at levels (logarithms), with noise of single samples. */
function noisyBlocks(
  random: () => number,
  levels: readonly number[],
  { samplesPerBlock = 3, noise = 0.02 }: { samplesPerBlock?: number; noise?: number } = {},
): number[][] {
  return levels.map((level) =>
    Array.from({ length: samplesPerBlock }, () => 10 * Math.exp(level + noise * normalDeviate(random))),
  );
}

const times = { kind: 'times' } as const;
const mean = (count: number, draw: () => number): number =>
  Array.from({ length: count }, draw).reduce((sum, value) => sum + value / count, 0);

describe('parts of blocks', () => {
  test('are interleaved, of three samples each', () => {
    const block = Array.from({ length: 12 }, (_, index) => index + 1);
    // 1, 5, 9; 2, 6, 10; 3, 7, 11; 4, 8, 12.
    expect(blockParts([block])[0]?.map((value) => Number(Math.exp(value).toFixed(9)))).toEqual([5, 6, 7, 8]);
  });

  test.each([
    [1, 1],
    [2, 2],
    [3, 3],
    [8, 3],
    [12, 4],
    [80, 5],
  ])('of a shortest block of %i samples there are %i', (sampleCount, partCount) => {
    const blockOf = (count: number): number[] => Array.from({ length: count }, () => 1);
    expect(blockParts([blockOf(90), blockOf(sampleCount)]).map((parts) => parts.length)).toEqual([
      partCount,
      partCount,
    ]);
  });

  test('what happens to both of a pair cancels', () => {
    const parts = ratioParts([
      [
        [2, 4, 6],
        [1, 2, 3],
      ],
      [
        [20, 40, 60, 80],
        [10, 20, 30, 40],
      ],
    ]);
    for (const value of parts.flat()) expect(value).toBeCloseTo(Math.LN2, 12);
  });

  test('a clock that stood still gives numbers', () => {
    for (const value of blockParts([
      [0, 0],
      [0, 1],
    ]).flat())
      expect(Number.isFinite(value)).toBe(true);
  });
});

describe('how much an interval is widened', () => {
  test('not below four blocks, and not where all are equal', () => {
    expect(dependenceStretch([[1], [2], [3]], times)).toBe(1);
    expect(
      dependenceStretch(
        Array.from({ length: 20 }, () => [3, 3]),
        times,
      ),
    ).toBe(1);
  });

  test('scale, sign and direction of time do not change it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: -500, max: 500 }), { minLength: 2, maxLength: 2 }), {
          minLength: 4,
          maxLength: 30,
        }),
        (parts) => {
          const stretch = dependenceStretch(parts, times);
          expect(stretch).toBeGreaterThan(0);
          expect(Number.isFinite(stretch)).toBe(true);
          const scaled = parts.map((values) => values.map((value) => 7 * value + 3));
          const mirrored = parts.map((values) => values.map((value) => -value));
          for (const changed of [scaled, mirrored, parts.toReversed()]) {
            expect(dependenceStretch(changed, times)).toBeCloseTo(stretch, 2);
          }
        },
      ),
    );
  });

  test('little where blocks differ no more than their noise explains, much where they do: 12 blocks of three', () => {
    const random = createRandom(3);
    const quiet = mean(60, () =>
      dependenceStretch(
        blockParts(
          noisyBlocks(
            random,
            rememberingSeries(random, 12, 0).map((value) => 0.004 * value),
          ),
        ),
        times,
      ),
    );
    const wandering = mean(60, () =>
      dependenceStretch(
        blockParts(
          noisyBlocks(
            random,
            rememberingSeries(random, 12, 0.8).map((value) => 0.05 * value),
          ),
        ),
        times,
      ),
    );
    expect(quiet).toBeLessThan(1.6);
    expect(wandering).toBeGreaterThan(3);
  });

  test('independent ratios are widened little, wandering ones by what they need', () => {
    const random = createRandom(9);
    const meanOf = (count: number, memory: number): number =>
      mean(60, () =>
        dependenceStretch(
          rememberingSeries(random, count, memory).map((value) => [value]),
          { kind: 'ratios' },
        ),
      );
    expect(meanOf(100, 0)).toBeLessThan(1.3);
    // The large-sample value for 0.6 is 2.
    expect(Math.abs(meanOf(150, 0.6) - 2)).toBeLessThan(0.25);
  });

  test('a series that only rises widens it by a finite lot', () => {
    const rising = Array.from({ length: 20 }, (_, index) => [index, index + 0.1]);
    expect(dependenceStretch(rising, times)).toBeGreaterThan(2);
    expect(dependenceStretch(rising, times)).toBeLessThan(20);
  });

  test('blocks along a line, or a curve, narrow the interval where their noise is known, and a machine that wanders does not', () => {
    const random = createRandom(17);
    const stretchOf = (levelsOf: () => number[], noiseShare: number | null): number =>
      mean(20, () => dependenceStretch(blockParts(noisyBlocks(random, levelsOf())), { kind: 'times', noiseShare }));
    const alongLine = (): number[] => Array.from({ length: 40 }, (_, index) => (0.2 * index) / 39);
    const alongCurve = (): number[] =>
      Array.from({ length: 40 }, (_, index) => 0.15 * (1 - Math.exp((-3 * index) / 39)));
    const wandering = (): number[] => rememberingSeries(random, 40, 0.8).map((value) => 0.05 * value);
    expect(stretchOf(alongLine, 0.3)).toBeLessThan(0.5);
    expect(stretchOf(alongLine, 0.8)).toBeGreaterThan(0.8);
    expect(stretchOf(alongCurve, 0.3)).toBeLessThan(0.7);
    expect(stretchOf(alongLine, null)).toBeGreaterThan(1);
    expect(stretchOf(wandering, 0.3)).toBeGreaterThan(2.5);
  });

  test('a higher confidence never widens less', () => {
    const random = createRandom(13);
    const parts = blockParts(
      noisyBlocks(
        random,
        rememberingSeries(random, 12, 0.5).map((value) => 0.01 * value),
      ),
    );
    expect(dependenceStretch(parts, { kind: 'ratios', confidence: 0.997 })).toBeGreaterThanOrEqual(
      dependenceStretch(parts, { kind: 'ratios' }) - 0.05,
    );
  });

  test.each([20, 60])(
    '%i rounds of wandering cases: the interval of their ratio holds the truth about 95 times in 100',
    (count) => {
      const random = createRandom(21);
      const trials = 300;
      let covered = 0;
      for (let trial = 0; trial < trials; trial += 1) {
        const [baseline, candidate] = [0, 1].map(() =>
          noisyBlocks(
            random,
            rememberingSeries(random, count, 0.5).map((value) => 0.01 * value),
            { noise: 0.003 },
          ).map((samplesMs, round) => ({ blockIndex: round, round, startedAtMs: round, samplesMs })),
        ) as [SampleBlock[], SampleBlock[]];
        const { speedup } = compareBlocks(baseline, candidate) ?? {};
        if ((speedup?.ciLow as number) <= 1 && 1 <= (speedup?.ciHigh as number)) covered += 1;
      }
      // Taken as independent, 80.
      expect(covered / trials).toBeGreaterThan(0.9);
    },
  );
});

test('is a positive number whatever the values, equal ones too, whose mean is rounded', () => {
  const value = fc.oneof(fc.double({ min: -20, max: 20, noNaN: true }), fc.constantFrom(0.1, Math.log(500), 7));
  const values = fc.oneof(
    fc.array(value, { minLength: 1, maxLength: 40 }),
    fc.tuple(value, fc.integer({ min: 4, max: 40 })).map(([same, count]) => Array.from({ length: count }, () => same)),
  );
  fc.assert(
    fc.property(values, fc.constantFrom('times', 'ratios'), (levels, kind) => {
      const stretch = dependenceStretch(
        levels.map((level) => [level]),
        { kind },
      );
      expect(stretch).toBeGreaterThan(0);
      expect(stretch).toBeLessThan(Infinity);
    }),
    { examples: [[[0, 0.1, -1.2034899478953494e-162, 0], 'times']] },
  );
});
