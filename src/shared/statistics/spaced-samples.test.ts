import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spacedSamples } from './spaced-samples.ts';

test.each([
  [[], 3, []],
  [[1, 2, 3], 3, [1, 2, 3]],
  [[1, 2, 3], 1, [2]],
  [[0, 1, 2, 3, 4, 5, 6, 7], 2, [2, 6]],
  [new Float64Array([0, 1, 2, 3, 4]), 3, [0, 2, 4]],
])('%j, at most %i', (samples, most, expected) => {
  expect(spacedSamples(samples, most)).toEqual(expected);
});

test('as many as asked, each once, in their order, and with gaps that differ by one at most', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 500 }), (count, most) => {
      const kept = spacedSamples(
        Array.from({ length: count }, (_, index) => index),
        most,
      );
      expect(kept).toHaveLength(Math.min(count, most));
      const gaps = kept.slice(1).map((value, index) => value - (kept[index] as number));
      const shortest = Math.floor(Math.max(1, count / most));
      for (const gap of gaps) expect([shortest, shortest + 1]).toContain(gap);
    }),
  );
});
