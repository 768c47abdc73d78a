import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shareProgress } from './share-progress.ts';

test('each work moves within its share of what is left, which a work that reports nothing leaves to others', () => {
  const seen: (number | null)[] = [];
  const next = shareProgress(({ fraction }) => seen.push(fraction));
  const first = next(0.5);
  first({ fraction: null, message: '' });
  first({ fraction: 1, message: '' });
  next(0.9);
  const last = next(1);
  last({ fraction: 0, message: '' });
  last({ fraction: 0.5, message: '' });
  last({ fraction: 1, message: '' });
  expect(seen).toEqual([0, 0.5, 0.5, 0.75, 1]);
});

test('whatever works report, the whole never falls and never goes beyond its end', () => {
  const report = fc.tuple(fc.boolean(), fc.double({ min: 0, max: 1, noNaN: true }));
  fc.assert(
    fc.property(fc.array(report), (reports) => {
      const seen: number[] = [];
      const next = shareProgress(({ fraction }) => seen.push(fraction ?? -1));
      let work = next(0.3);
      for (const [opens, value] of reports) {
        if (opens) work = next(value);
        else work({ fraction: value, message: '' });
      }
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      expect(seen.every((fraction) => fraction >= 0 && fraction <= 1)).toBe(true);
    }),
  );
});
