import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { medianInterval } from './median-interval.ts';
import { median } from './quantile.ts';
import { createRandom } from './random.ts';

describe('interval of the median', () => {
  test('one block has none', () => {
    expect(medianInterval([[1, 2, 3]], 1)).toBeNull();
  });

  test('holds the median, and grows with the stretch', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 9 }), {
          minLength: 2,
          maxLength: 12,
        }),
        (blocks) => {
          const middle = median(blocks.flat());
          const [plain, wide] = [medianInterval(blocks, 1), medianInterval(blocks, 2)];
          if (!plain || !wide) throw new Error('Two blocks give an interval.');
          expect(plain.low).toBeLessThanOrEqual(middle * (1 + 1e-9));
          expect(plain.high).toBeGreaterThanOrEqual(middle * (1 - 1e-9));
          expect(wide.low).toBeLessThanOrEqual(plain.low * (1 + 1e-9));
          expect(wide.high).toBeGreaterThanOrEqual(plain.high * (1 - 1e-9));
        },
      ),
    );
  });

  test('is short towards a floor and long towards a tail', () => {
    const random = createRandom(5);
    const blocks = Array.from({ length: 12 }, () => Array.from({ length: 9 }, () => 10 - 2 * Math.log(1 - random())));
    const interval = medianInterval(blocks, 1.5);
    const middle = median(blocks.flat());
    expect((interval?.high as number) / middle).toBeGreaterThan(middle / (interval?.low as number));
  });

  test('blocks are its units: repeating each sample narrows nothing', () => {
    const random = createRandom(6);
    const blocks = Array.from({ length: 15 }, () => [10 + random()]);
    const repeated = blocks.map(([value]) => Array.from({ length: 21 }, () => value as number));
    const widthOf = (interval: ReturnType<typeof medianInterval>): number =>
      (interval?.high as number) - (interval?.low as number);
    // Were samples the units, it would be a fifth.
    expect(widthOf(medianInterval(repeated, 1)) / widthOf(medianInterval(blocks, 1))).toBeGreaterThan(0.8);
  });

  test('ends beyond the fastest and slowest sample by no more than they lie apart, and holds zeros of a coarse clock', () => {
    const wide = medianInterval([[10], [12], [11], [13]], 50);
    expect(wide?.low).toBeCloseTo((10 * 10) / 13, 9);
    expect(wide?.high).toBeCloseTo((13 * 13) / 10, 9);
    expect(
      medianInterval(
        [
          [0, 1],
          [1, 1],
          [0, 0],
        ],
        1,
      ),
    ).toEqual({ low: 0, high: 2 });
  });

  test('sums of few blocks that cancel by chance do not make it a point', () => {
    const interval = medianInterval(
      [
        [9, 11],
        [9.5, 10.5],
      ],
      1,
    );
    expect((interval?.high as number) - (interval?.low as number)).toBeGreaterThan(0.5);
  });
});
