import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { percentileInterval } from './percentile-interval.ts';
import { createRandom } from './random.ts';

const blocksOf = (counts: readonly number[], valueOf: (block: number) => number): number[][] =>
  counts.map((count, block) => Array.from({ length: count }, () => valueOf(block)));

describe('the interval of a percentile', () => {
  it('is that of the ordered samples: of 100 independent ones, the 90 % point lies between the 84th and the 96th', () => {
    // Spread over the blocks evenly, so that blocks do not differ.
    const blocks = Array.from({ length: 10 }, (_, block) =>
      Array.from({ length: 10 }, (_v, item) => item * 10 + block + 1),
    );
    expect(percentileInterval(blocks, 0.9)).toEqual({ estimate: expect.closeTo(90.1, 9), ciLow: 84, ciHigh: 96 });
  });

  it('has no upper end where no sample lies so far out', () => {
    const random = createRandom(3);
    const blocks = blocksOf([66, 66], () => random());
    expect(percentileInterval(blocks, 0.95)?.ciHigh ?? null).toBeNull();
    expect(
      percentileInterval(
        blocksOf([660, 660], () => random()),
        0.95,
      )?.ciHigh,
    ).toEqual(expect.any(Number));
  });

  it('is none with one block, and no percentile at all with too few samples', () => {
    expect(
      percentileInterval(
        blocksOf([100], () => 1),
        0.9,
      ),
    ).toEqual({ estimate: 1, ciLow: null, ciHigh: null });
    expect(
      percentileInterval(
        blocksOf([30, 33], () => 1),
        0.9,
      ),
    ).toBeNull();
  });

  it('is wider, or open, where blocks differ', () => {
    const random = createRandom(5);
    const alike = percentileInterval(
      blocksOf(
        Array.from({ length: 40 }, () => 50),
        () => random(),
      ),
      0.9,
    );
    const levels = Array.from({ length: 40 }, () => random());
    const unlike = percentileInterval(
      blocksOf(
        Array.from({ length: 40 }, () => 50),
        (block) => (levels[block] as number) + 0.1 * random(),
      ),
      0.9,
    );
    const widthOf = (interval: typeof alike): number => (interval?.ciHigh ?? Infinity) - (interval?.ciLow ?? -Infinity);
    expect(widthOf(unlike)).toBeGreaterThan(3 * widthOf(alike));
  });

  it('holds the estimate, in whatever order the samples of a block are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.double({ min: 0.001, max: 1e4, noNaN: true }), { minLength: 12, maxLength: 30 }), {
          minLength: 6,
          maxLength: 20,
        }),
        fc.constantFrom(0.5, 0.9),
        (blocks, probability) => {
          const interval = percentileInterval(blocks, probability);
          const reversed = percentileInterval(
            blocks.map((block) => block.toReversed()),
            probability,
          );
          expect(reversed).toEqual(interval);
          if (interval === null) return;
          expect(interval.ciLow ?? -Infinity).toBeLessThanOrEqual(interval.estimate);
          expect(interval.ciHigh ?? Infinity).toBeGreaterThanOrEqual(interval.estimate);
        },
      ),
    );
  });

  it('holds the truth about 95 times in 100, with a heavy tail', () => {
    const random = createRandom(11);
    const truth = 1 / (1 - 0.9) ** (1 / 1.5);
    const held = Array.from({ length: 400 }, () => {
      const interval = percentileInterval(
        blocksOf(
          Array.from({ length: 20 }, () => 20),
          () => 1 / random() ** (1 / 1.5),
        ),
        0.9,
      );
      return (interval?.ciLow ?? 0) <= truth && truth <= (interval?.ciHigh ?? Infinity);
    }).filter(Boolean).length;
    expect(held).toBeGreaterThanOrEqual(372);
  });
});
