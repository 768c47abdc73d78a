import { expect, test } from 'vitest';
import type { SustainedWindow } from '../run-record.ts';
import { sustainedDomain, sustainedFigures } from './sustained-figures.ts';

const windowsOf = (medians: readonly number[]): SustainedWindow[] =>
  medians.map((medianMs, second) => ({
    startedAtMs: 5000 + 1000 * second,
    sampleCount: 100,
    medianMs,
    lowerMs: medianMs - 0.5,
    upperMs: medianMs + 0.5,
    clockMegahertz: null,
  }));

test('each second is shown as it is where there is room', () => {
  expect(sustainedFigures(windowsOf([2, 3]), 2)).toEqual([
    { seconds: 0, lower: 1.5, median: 2, upper: 2.5 },
    { seconds: 1, lower: 2.5, median: 3, upper: 3.5 },
  ]);
});

test('neighbours are taken together where there is none, and a slow second among them stays to be seen', () => {
  expect(sustainedFigures(windowsOf([2, 2, 9, 4, 4]), 2)).toEqual([
    { seconds: 0, lower: 1.5, median: 2, upper: 9.5 },
    { seconds: 3, lower: 3.5, median: 4, upper: 4.5 },
  ]);
});

test('the scale spans at least a tenth of the median to either side, and everything that is drawn', () => {
  const [low, high] = sustainedDomain(sustainedFigures(windowsOf([20, 20]), 10));
  expect(low).toBeLessThan(18);
  expect(high).toBeGreaterThan(22);
  expect(sustainedDomain(sustainedFigures(windowsOf([20, 40]), 10))[1]).toBeGreaterThan(40.5);
});

test('the scale stays above zero, however slow a few seconds were', () => {
  const [low] = sustainedDomain(sustainedFigures(windowsOf([1, 1, 100]), 10));
  expect(low).toBeGreaterThan(0);
  expect(low).toBeLessThan(0.5);
});

test('of nothing there is nothing', () => {
  expect(sustainedFigures([], 10)).toEqual([]);
});
