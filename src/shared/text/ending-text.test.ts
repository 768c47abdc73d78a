import { expect, test } from 'vitest';
import { exampleExperiment } from '../../../tests/fakes/example-content.ts';
import { earlyEndText } from './ending-text.ts';

const { experiment } = exampleExperiment(
  [
    { name: 'a', medianMs: 2 },
    { name: 'b', medianMs: 1 },
  ],
  { rounds: 12 },
);

const sentence = 'Measuring ended before its time, after 12 rounds, because every comparison was decided.';

test.each([
  ['its last look is its end', [12], 'completed', sentence],
  ['rounds followed the last look', [8], 'completed', null],
  ['nobody looked', [], 'completed', null],
  ['it was cancelled at that moment', [12], 'cancelled', null],
] as const)('%s', (_, looks, status, expected) => {
  expect(earlyEndText({ ...experiment, status, looks: [...looks] })).toBe(expected);
});
