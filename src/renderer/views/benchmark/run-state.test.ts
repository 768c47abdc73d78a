import { expect, test } from 'vitest';
import { runStateOf } from './run-state.ts';

test.each([
  ['pending', 0, null, 'Waiting'],
  ['pending', 3, 200, 'Interrupted'],
  ['running', 0, null, 'Loading'],
  ['running', 0, 200, 'Loaded'],
  ['running', 1, 200, 'Measuring'],
  ['completed', 40, 200, 'Done'],
] as const)(
  'a run that is %s, with %d blocks and %s warm-up runs, is called %s',
  (status, blockCount, warmUpRunCount, word) => {
    expect(runStateOf({ status, blockCount, warmUpRunCount }).word).toBe(word);
  },
);
