import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planRounds } from '#shared/round-plan.ts';
import { orderOfRound, shouldStartRound } from './schedule.ts';

describe('the order of a round', () => {
  const items = ['a', 'b', 'c', 'd'];

  test('is the same for the same seed and round', () => {
    expect(orderOfRound(items, 4, 7)).toEqual(orderOfRound(items, 4, 7));
  });

  test('an odd round reverses the even one before it, so that every case stands equally early', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), fc.nat(), (pair, seed) => {
        const even = orderOfRound(items, 2 * pair, seed);
        expect(orderOfRound(items, 2 * pair + 1, seed)).toEqual(even.toReversed());
        expect(even.toSorted()).toEqual(items);
      }),
    );
  });

  test('differs between pairs of rounds', () => {
    const orders = new Set(Array.from({ length: 20 }, (_, pair) => orderOfRound(items, 2 * pair, 1).join('')));
    expect(orders.size).toBeGreaterThan(5);
  });
});

describe('the stop rule', () => {
  // Blocks end with the run that passes their length, and messages lie between them.
  test.each([
    ['two quick models', 20_000, [0.3, 1]],
    ['two of 10 ms', 20_000, [10, 10]],
    ['two of 30 ms, by their fewest samples', 20_000, [30, 30]],
    ['four of 10 ms', 20_000, [10, 10, 10, 10]],
    ['eight quick ones, in the shortest blocks', 20_000, Array.from({ length: 8 }, () => 1)],
  ])('all 40 rounds are reached: %s', (_, budgetMs, runMs) => {
    const { roundCount, blocks } = planRounds({ budgetMs, runMs });
    expect(roundCount).toBe(40);
    let elapsedMs = 0;
    let roundsDone = 0;
    while (shouldStartRound({ roundsDone, roundCount, elapsedMs, budgetMs })) {
      roundsDone += 1;
      for (const [index, { durationMs, minimumSamples, settleRuns }] of blocks.entries()) {
        const time = runMs[index] as number;
        elapsedMs += (settleRuns + Math.max(minimumSamples, Math.ceil(durationMs / time))) * time + 1;
      }
    }
    expect(roundsDone).toBe(40);
  });

  test.each([
    ['the first round always starts', { roundsDone: 0, roundCount: 10, elapsedMs: 0, budgetMs: 0 }, true],
    ['planned rounds end it', { roundsDone: 10, roundCount: 10, elapsedMs: 10, budgetMs: 1000 }, false],
    ['a round that ends in time starts', { roundsDone: 5, roundCount: 10, elapsedMs: 500, budgetMs: 1000 }, true],
    [
      'one that would end late by half of it starts',
      { roundsDone: 9, roundCount: 20, elapsedMs: 900, budgetMs: 950 },
      true,
    ],
    [
      'one that would end late by a twentieth of all starts',
      { roundsDone: 39, roundCount: 40, elapsedMs: 1020, budgetMs: 1000 },
      true,
    ],
    ['one that would end later does not', { roundsDone: 9, roundCount: 20, elapsedMs: 910, budgetMs: 950 }, false],
  ])('%s', (_, state, expected) => {
    expect(shouldStartRound(state)).toBe(expected);
  });
});
