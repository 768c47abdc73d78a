import { expect, test } from 'vitest';
import {
  countText,
  msText,
  pointsText,
  pValueText,
  shareText,
  sizeChangeText,
  speedupIntervalText,
  utcText,
} from './number-text.ts';

test.each([
  [0.001_234, '0.0012'],
  [0.8123, '0.812'],
  [2.2034, '2.203'],
  [12.345, '12.35'],
  [143.21, '143.2'],
  [1234.5, '1,235'],
  [0, '0.000'],
  [null, '—'],
  [Number.NaN, '—'],
])('%s ms is written %s', (value, expected) => {
  expect(msText(value)).toBe(expected);
});

test.each([
  [0.0012, '+0.12'],
  [-0.045, '−4.50'],
  [0.000_01, '0.00'],
  [-0.000_01, '0.00'],
])('a difference of %s is %s points', (value, expected) => {
  expect(pointsText(value)).toBe(expected);
});

test.each([
  ['faster', { estimate: 2, ciLow: 1.9, ciHigh: 2.1 }, '1.90–2.10×'],
  ['slower', { estimate: 0.5, ciLow: 0.4, ciHigh: 0.8 }, '1.25–2.50×'],
  ['indistinguishable', { estimate: 1, ciLow: 0.99, ciHigh: 1.01 }, '0.99–1.01×'],
  ['indistinguishable', { estimate: 1, ciLow: null, ciHigh: null }, null],
] as const)('%s: %j has the interval %s', (verdict, speedup, expected) => {
  expect(speedupIntervalText({ verdict, speedup })).toBe(expected);
});

test.each([
  [25, 100, '75 % smaller'],
  [110, 100, '10 % larger'],
  [1000, 1001, 'the same size'],
])('%i bytes are, beside %i, %s', (sizeBytes, referenceBytes, expected) => {
  expect(sizeChangeText(sizeBytes, referenceBytes)).toBe(expected);
});

test('shares carry two decimals only where the items can', () => {
  expect([shareText(0.925, 10_000), shareText(0.925, 200)]).toEqual(['92.50 %', '92.5 %']);
});

test('small things', () => {
  expect([countText(1, 'run'), countText(0, 'run'), countText(1200, 'item')]).toEqual([
    '1 run',
    '0 runs',
    '1,200 items',
  ]);
  expect([pValueText(0.000_01), pValueText(0.25)]).toEqual(['< 0.0001', '0.2500']);
  expect([utcText(Date.UTC(2026, 10, 24, 14, 3)), utcText(null)]).toEqual(['2026-11-24 14:03 UTC', '—']);
});
