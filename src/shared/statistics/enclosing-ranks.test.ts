import { expect, test } from 'vitest';
import { enclosingRanks } from './enclosing-ranks.ts';

test.each([
  { probability: 0.5, count: 6 },
  { probability: 0.9, count: 36 },
  { probability: 0.99, count: 368 },
])('the $probability point has a sample above it with 97.5 % from $count samples on', ({ probability, count }) => {
  expect(enclosingRanks(count - 1, probability, 0.05).high).toBe(count);
  expect(enclosingRanks(count, probability, 0.05).high).toBe(count);
});

test('of 100 samples, the 90 % point lies between the 84th and the 96th', () => {
  expect(enclosingRanks(100, 0.9, 0.05)).toEqual({ low: 84, high: 96 });
});
