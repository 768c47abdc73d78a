import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { budgetForEnoughRounds, FEWEST_ROUNDS, planReloadedRounds, planRounds } from './round-plan.ts';
import { ENOUGH_ROUNDS } from './statistics/interval-confidence.ts';

const runTimes = fc.array(fc.double({ min: 0.01, max: 2000, noNaN: true }), { minLength: 1, maxLength: 8 });

/** How long the plan takes when every run takes what the warm-up said. */
function plannedMs(plan: ReturnType<typeof planRounds>, runMs: readonly number[]): number {
  const roundMs = plan.blocks.reduce((sum, block, index) => {
    const time = runMs[index] as number;
    return sum + Math.max(block.durationMs, block.minimumSamples * time) + block.settleRuns * time;
  }, 0);
  return roundMs * plan.roundCount;
}

describe('the plan of rounds', () => {
  test.each([
    ['eight quick models share 20 s equally', 20_000, Array.from({ length: 8 }, () => 1), 40, [55, 55, 55]],
    ['in little time there are fewer rounds, not blocks of settle runs', 3000, [1, 1], 20, [67.5, 67.5]],
    ['a long budget gives more rounds, not longer blocks', 40_000, [5, 5], 80, [240.5, 240.5]],
    ['a very long one gives longer blocks in the end', 120_000, [5, 5], 200, [290.5, 290.5]],
    [
      'a slow model takes what its fewest samples need (900 ms), the others share the rest',
      20_000,
      [1, 150],
      20,
      [92.5, 0],
    ],
    ['a model of 10 µs is not sampled without end', 20_000, [0.01], 80, [2.5]],
  ])('%s', (_, budgetMs, runMs, roundCount, durationsMs) => {
    const plan = planRounds({ budgetMs, runMs });
    expect(plan.roundCount).toBe(roundCount);
    for (const [index, expected] of durationsMs.entries()) {
      expect(plan.blocks[index]?.durationMs).toBeCloseTo(expected, 0);
    }
  });

  test('never takes longer than the budget when six rounds fit, settling included', () => {
    fc.assert(
      fc.property(runTimes, fc.double({ min: 1000, max: 600_000, noNaN: true }), (runMs, budgetMs) => {
        const plan = planRounds({ budgetMs, runMs });
        if (plan.roundCount < FEWEST_ROUNDS) return;
        expect(plannedMs(plan, runMs)).toBeLessThanOrEqual(budgetMs * 1.001);
      }),
    );
  });

  test('every case gets at least one sample in every round, and ten paired rounds when the budget allows', () => {
    fc.assert(
      fc.property(runTimes, fc.double({ min: 1000, max: 600_000, noNaN: true }), (runMs, budgetMs) => {
        const plan = planRounds({ budgetMs, runMs });
        expect(plan.blocks).toHaveLength(runMs.length);
        for (const block of plan.blocks) expect(block.minimumSamples).toBeGreaterThanOrEqual(1);
        // Ten rounds of two samples with the most settling there is.
        const fewestMs = runMs.reduce((sum, time) => sum + 10 * 22 * time, 0);
        expect(plan.roundCount).toBeGreaterThanOrEqual(fewestMs < budgetMs ? 10 : 1);
      }),
    );
  });

  test('a budget too short for six rounds gives as many as fit, at least one', () => {
    expect(planRounds({ budgetMs: 1000, runMs: [300] }).roundCount).toBe(3);
    expect(planRounds({ budgetMs: 1000, runMs: [5000] }).roundCount).toBe(1);
  });
});

describe('rounds in which every case is loaded anew', () => {
  test.each([
    ['loading takes as long as measuring', 20_000, [5, 5], [1000, 1000], 10, 990],
    ['six rounds at least, however slow loading is', 20_000, [5, 5], [30_000, 30_000], 6, 1657],
    ['twenty at most, however fast', 20_000, [5, 5], [10, 10], 20, 490],
    ['runs of which five do not fit have one', 20_000, [1000], [20_000], 6, 2831],
  ])('%s', (_, budgetMs, runMs, loadMs, roundCount, durationMs) => {
    const plan = planReloadedRounds({ budgetMs, runMs, loadMs });
    expect(plan.roundCount).toBe(roundCount);
    expect(plan.blocks[0]?.durationMs).toBeCloseTo(durationMs, -1);
  });

  test('what does not fit six times has as many rounds as fit', () => {
    const plan = planReloadedRounds({ budgetMs: 20_000, runMs: [5000], loadMs: [1000] });
    expect(plan).toEqual(planRounds({ budgetMs: 20_000, runMs: [5000] }));
  });
});

describe('the measuring time for enough rounds', () => {
  test.each([
    ['blocks of 50 ms for quick models', [1, 1], 4],
    ['seven samples, and what settles before them', [30, 30], 19.2],
    // 40 rounds of seven samples would take 560 s.
    ['five samples for slow ones, as blocks beyond 250 ms become more rounds', [1000, 1000], 400],
  ])('%s', (_, runMs, seconds) => {
    expect(budgetForEnoughRounds(runMs) / 1000).toBeCloseTo(seconds, 3);
  });

  test('is enough', () => {
    fc.assert(
      fc.property(runTimes, (runMs) => {
        const budgetMs = budgetForEnoughRounds(runMs);
        expect(planRounds({ budgetMs, runMs }).roundCount).toBeGreaterThanOrEqual(ENOUGH_ROUNDS);
      }),
    );
  });
});
