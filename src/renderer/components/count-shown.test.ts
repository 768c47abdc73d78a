import { expect, test } from 'vitest';
import { countShown } from './count-shown.ts';

test.each([
  [0, 0],
  [4, 4],
  [6, 6],
  [7, 4],
  [60, 4],
])('of %d things, where 4 are shown at first, %d are', (count, shown) => {
  expect(countShown(count, 4)).toBe(shown);
});
