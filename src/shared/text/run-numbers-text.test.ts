import { expect, test } from 'vitest';
import { runNumbersText } from './run-numbers-text.ts';

test.each([
  [[1], 1, '#1'],
  [[1, 2], 2, 'all runs'],
  [[1, 2], 3, '#1, #2'],
  [[1, 3, 4, 5, 6, 9, 10], 10, '#1, #3–#6, #9, #10'],
  [[], 3, ''],
])('runs %j of %d are %j', (numbers, runCount, text) => {
  expect(runNumbersText(numbers, runCount)).toBe(text);
});
