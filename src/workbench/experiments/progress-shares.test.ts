import { expect, test } from 'vitest';
import { PROGRESS, progressAfterBlocks, progressOfBlocks } from './progress-shares.ts';

const plan = { timeBudgetSeconds: 20, idleSeconds: [1, 4], idleRepeats: 3, sustainedSeconds: 45 };
const plain = { ...plan, idleSeconds: [], sustainedSeconds: 0 };

test('blocks alone fill everything between loading and the end', () => {
  expect([0, 0.5, 1].map((fraction) => progressOfBlocks(plain, 3, fraction))).toEqual([
    PROGRESS.loaded,
    expect.closeTo(0.525),
    PROGRESS.measured,
  ]);
});

test('what follows the blocks has the share of the bar that it has of the time', () => {
  // 20 s of blocks, and 60 s for each of two cases.
  expect(progressOfBlocks(plan, 2, 1)).toBeCloseTo(0.15 + (0.75 * 20) / 140);
  expect(progressAfterBlocks(plan, 2, 0)).toBe(progressOfBlocks(plan, 2, 1));
  expect(progressAfterBlocks(plan, 2, 1)).toBeCloseTo(0.15 + (0.75 * 80) / 140);
  expect(progressAfterBlocks(plan, 2, 2)).toBeCloseTo(PROGRESS.measured);
});
