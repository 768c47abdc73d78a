import { expect, test } from 'vitest';
import { areRoundsOver } from './are-rounds-over.ts';

const three = [0, 1, 2];

test.each([
  ['nothing was completed', [three], [{ status: 'pending', rounds: three }], false],
  [
    'a case that waits has all rounds of one that is completed',
    [three],
    [{ status: 'completed', rounds: three }],
    true,
  ],
  ['a case that waits lacks rounds', [three, [0]], [{ status: 'completed', rounds: three }], false],
  ['a case that waits has none', [[]], [{ status: 'completed', rounds: three }], false],
  ['the only one with rounds failed', [three], [{ status: 'failed', rounds: three }], false],
  ['an imported run has no blocks', [[]], [{ status: 'completed', rounds: [] }], false],
] as const)('rounds are over, or not, where %s', (_, waiting, all, expected) => {
  expect(areRoundsOver(waiting, all)).toBe(expected);
});
