import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '#shared/statistics/random.ts';
import { addValues, binsOf, createHistogram } from './activation-histogram.ts';
import { chooseRange, RANGE_METHODS } from './choose-range.ts';

const options = { percentile: 99.9, stepCount: 255, isSymmetric: false } as const;

function histogramOf(...batches: Float32Array[]) {
  const histogram = createHistogram();
  for (const batch of batches) addValues(histogram, batch);
  return histogram;
}

function normalValues(count: number, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}

describe('a histogram of activations', () => {
  const batch = fc.float32Array({
    minLength: 1,
    maxLength: 50,
    noNaN: true,
    noDefaultInfinity: true,
    max: 2 ** 60,
    min: -(2 ** 60),
  });

  test('keeps every value and the extremes, however ranges grow from batch to batch', () => {
    fc.assert(
      fc.property(fc.array(batch, { minLength: 1, maxLength: 6 }), (batches) => {
        const histogram = histogramOf(...batches);
        const all = batches.flatMap((values) => [...values]);
        expect(histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(all.length);
        expect(histogram.valueCount).toBe(all.length);
        // -0 and 0 are the same extreme.
        expect(histogram.minimum + 0).toBe(Math.min(...all) + 0);
        expect(histogram.maximum + 0).toBe(Math.max(...all) + 0);
      }),
    );
  });

  test('has each value in the bin whose middle is half a bin away at most', () => {
    const histogram = histogramOf(Float32Array.of(0.01, -0.02), Float32Array.of(3, -7));
    const { centers, counts } = binsOf(histogram);
    const filled = [...centers].filter((_, index) => (counts[index] as number) > 0);
    expect(filled).toHaveLength(4);
    for (const [index, value] of [-7, -0.02, 0.01, 3].entries()) {
      expect(Math.abs((filled[index] as number) - value)).toBeLessThanOrEqual(histogram.binWidth / 2);
    }
  });

  test('counts values that are not finite and leaves them out', () => {
    const histogram = histogramOf(Float32Array.of(1, Infinity, Number.NaN, -2, -Infinity));
    expect(histogram).toMatchObject({ minimum: -2, maximum: 1, valueCount: 2, nonFiniteCount: 3 });
  });

  test('of zeros only has no range', () => {
    const histogram = histogramOf(new Float32Array(10));
    for (const method of RANGE_METHODS) {
      const { minimum, maximum } = chooseRange(histogram, { ...options, method });
      expect([minimum + 0, maximum + 0]).toEqual([0, 0]);
    }
  });
});

describe('a range', () => {
  test.each(RANGE_METHODS)('by %s holds zero and stays within the extremes', (method) => {
    const histogram = histogramOf(normalValues(20_000, 1).map((value) => value + 3));
    const range = chooseRange(histogram, { ...options, method });
    expect(range.minimum).toBeLessThanOrEqual(0);
    expect(range.maximum).toBeGreaterThan(3);
    expect(range.maximum).toBeLessThanOrEqual(histogram.maximum);
  });

  test('by squared error is the one that a search on the values themselves finds', () => {
    const values = normalValues(20_000, 2);
    const chosen = chooseRange(histogramOf(values), { ...options, method: 'mse', stepCount: 15, isSymmetric: true });
    const errorOf = (limit: number): number => {
      const scale = (2 * limit) / 15;
      return values.reduce((sum, value) => {
        const clipped = Math.max(-limit, Math.min(limit, value));
        const level = Math.round((clipped + limit) / scale) * scale - limit;
        return sum + (level - value) ** 2;
      }, 0);
    };
    const limits = Array.from({ length: 60 }, (_, index) => 1.5 + index * 0.05);
    const best = Math.min(...limits.map(errorOf));
    expect(errorOf(chosen.maximum)).toBeLessThan(best * 1.02);
    expect(chosen.minimum).toBe(-chosen.maximum);
  });

  test('by percentile leaves out as much as it says', () => {
    const values = normalValues(100_000, 3);
    const { minimum, maximum } = chooseRange(histogramOf(values), { ...options, method: 'percentile', percentile: 99 });
    const share = values.filter((value) => value < minimum || value > maximum).length / values.length;
    expect(share).toBeGreaterThan(0.008);
    expect(share).toBeLessThanOrEqual(0.01);
  });

  test('by the average of batches is not moved to one outlier', () => {
    const batches = Array.from({ length: 20 }, (_, seed) => normalValues(1000, seed));
    batches.push(Float32Array.of(100));
    const { maximum } = chooseRange(histogramOf(...batches), { ...options, method: 'moving-average' });
    expect(maximum).toBeLessThan(10);
  });

  test('by entropy cuts off a rare outlier', () => {
    const values = normalValues(100_000, 4);
    values[0] = 60;
    const { maximum } = chooseRange(histogramOf(values), { ...options, method: 'entropy' });
    expect(maximum).toBeLessThan(10);
  });
});
