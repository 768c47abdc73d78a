import { expect, test } from 'vitest';
import type { SustainedWindow } from '../run-record.ts';
import { sustainedText, sustainedVerdict } from './sustained-text.ts';

const windowsOf = (count: number, medianAt: (second: number) => number, sampleCount = 50): SustainedWindow[] =>
  Array.from({ length: count }, (_, second) => ({
    startedAtMs: second * 1000,
    sampleCount,
    medianMs: medianAt(second),
    lowerMs: 1,
    upperMs: 3,
    clockMegahertz: null,
  }));

test.each([
  ['nothing', [], null],
  ['an even minute', windowsOf(60, () => 2), '2.00 ms at first, 2.00 ms at the end of 1 min: no change'],
  [
    'one that slows down',
    windowsOf(60, (second) => (second < 30 ? 2 : 2.5)),
    '2.00 ms at first, 2.50 ms at the end of 1 min: 25.0 % slower',
  ],
  [
    'one that speeds up',
    windowsOf(20, (second) => (second < 10 ? 2 : 1.5)),
    '2.00 ms at first, 1.50 ms at the end of 20 s: 25.0 % faster',
  ],
])('%s in words', (_, windows, text) => {
  expect(sustainedText(windows)).toBe(text);
});

const reason = { kind: 'drift' as const, message: 'It became 25.0 % slower.' };

test.each([
  ['a minute that nothing speaks against', windowsOf(60, () => 2), [], 'stable'],
  ['one that something speaks against', windowsOf(60, () => 2), [reason], 'may not repeat'],
  ['a few seconds', windowsOf(5, () => 2), [], 'too short to judge'],
  ['ten seconds of a model that takes one', windowsOf(10, () => 1000, 1), [], 'too short to judge'],
] as const)('%s is judged', (_, sustained, sustainedReasons, verdict) => {
  expect(sustainedVerdict({ sustained, sustainedReasons: [...sustainedReasons] })).toBe(verdict);
});
