/**
 * How many rounds a time budget holds, and how long the blocks of each case are. Pure: the same input gives the same plan. See
 * `workbench/experiments/schedule.ts`.
 */
import { ENOUGH_ROUNDS } from './statistics/interval-confidence.ts';

export type BlockPlan = {
  durationMs: number;
  minimumSamples: number;
  /** Untimed runs before the block: caches and clocks belong to the case measured before. */
  settleRuns: number;
};

export type RoundPlan = {
  roundCount: number;
  /** One for each case, in their order. */
  blocks: BlockPlan[];
};

/** Fewer paired rounds give no interval, and so no verdict. */
export const FEWEST_ROUNDS = 6;

/**
 * Rounds and samples per block to try, best first. From 40 rounds on it can be told from the blocks how the machine wanders (docs/measuring.md, “How
 * well it holds”); shorter blocks than 50 ms would be settle runs for a tenth of the time and more.
 */
const ATTEMPTS = [
  { roundCount: ENOUGH_ROUNDS, minimumSamples: 7, shortestMs: 50 },
  { roundCount: 20, minimumSamples: 5, shortestMs: 0 },
  { roundCount: 12, minimumSamples: 3, shortestMs: 0 },
  { roundCount: 10, minimumSamples: 2, shortestMs: 0 },
  { roundCount: 8, minimumSamples: 1, shortestMs: 0 },
  { roundCount: FEWEST_ROUNDS, minimumSamples: 1, shortestMs: 0 },
] as const;

/**
 * Longer blocks give way to more rounds: what disturbs a machine for seconds then meets both cases of a round, and spoils few of many
 * rounds. Measured in docs/measuring.md, “Schedule”.
 */
const LONGEST_BLOCK_MS = 250;
const MOST_ROUNDS = 200;
/** Messages, readings of the machine and storing, for each block. */
const BETWEEN_BLOCKS_MS = 2;
/** Keeps a run's raw samples small however fast the model is. */
const MOST_SAMPLES_PER_RUN = 20_000;

/** @param runMs the time of one run of each case, from its warm-up */
export function planRounds(options: { budgetMs: number; runMs: readonly number[] }): RoundPlan {
  const { budgetMs } = options;
  const runMs = options.runMs.map((value) => Math.max(value, 0.001));
  for (const { roundCount, minimumSamples, shortestMs } of ATTEMPTS) {
    const costs = runMs.map((time) => blockCostMs(time, minimumSamples));
    const durationMs = fillRound(budgetMs / roundCount, costs);
    if (durationMs === null || durationMs < shortestMs) continue;
    if (durationMs <= LONGEST_BLOCK_MS) return planOf(roundCount, minimumSamples, durationMs, runMs);
    const wantedRounds = Math.ceil(budgetMs / (runMs.length * LONGEST_BLOCK_MS));
    const possibleRounds = Math.floor(budgetMs / costs.reduce((sum, cost) => sum + cost, 0));
    const longRounds = Math.max(roundCount, Math.min(MOST_ROUNDS, wantedRounds, possibleRounds));
    const longDurationMs = fillRound(budgetMs / longRounds, costs) ?? durationMs;
    return planOf(longRounds, minimumSamples, longDurationMs, runMs);
  }
  const roundCostMs = runMs.reduce((sum, time) => sum + blockCostMs(time, 1), 0);
  return planOf(Math.max(1, Math.floor(budgetMs / roundCostMs)), 1, 0, runMs);
}

/**
 * The least measuring time for which `ENOUGH_ROUNDS` are planned.
 * @param runMs the time of one run of each case, at least one
 */
export function budgetForEnoughRounds(runMs: readonly number[]): number {
  const roundMs = (cost: (time: number) => number): number => runMs.reduce((sum, time) => sum + cost(time), 0);
  const budgets = ATTEMPTS.map(({ roundCount, minimumSamples, shortestMs }) => {
    const least = roundMs((time) => Math.max(shortestMs, blockCostMs(Math.max(time, 0.001), minimumSamples)));
    // With fewer rounds than enough, only blocks that are too long become more.
    const blocksMs = roundCount >= ENOUGH_ROUNDS ? least : Math.max(least, runMs.length * LONGEST_BLOCK_MS);
    // A little more, because sums of fractions are not exact.
    return ENOUGH_ROUNDS * blocksMs * (1 + 1e-9);
  });
  const enough = budgets.filter((budgetMs) => planRounds({ budgetMs, runMs }).roundCount >= ENOUGH_ROUNDS);
  return Math.min(...enough);
}

/** Rounds in which every case is loaded anew; more would hardly pay for their loading. */
const MOST_RELOADED_ROUNDS = 20;

/**
 * For cases that do not fit into memory together: each is loaded anew in every round. There are so many rounds that loading takes as long as
 * measuring, six at least, and the blocks last as long as that leaves time: they are longer than those of cases that stay loaded.
 * @param loadMs how long it takes to load and warm up each case, which is not part of the budget
 */
export function planReloadedRounds(options: {
  budgetMs: number;
  runMs: readonly number[];
  loadMs: readonly number[];
}): RoundPlan {
  const { budgetMs } = options;
  const runMs = options.runMs.map((value) => Math.max(value, 0.001));
  const loadRoundMs = options.loadMs.reduce((sum, time) => sum + time, 0);
  const paidRounds = Math.floor(budgetMs / Math.max(1, loadRoundMs));
  const roundCount = Math.min(MOST_RELOADED_ROUNDS, Math.max(FEWEST_ROUNDS, paidRounds));
  for (const minimumSamples of [5, 1]) {
    const costs = runMs.map((time) => blockCostMs(time, minimumSamples));
    const durationMs = fillRound(budgetMs / roundCount, costs);
    if (durationMs !== null) return planOf(roundCount, minimumSamples, durationMs, runMs);
  }
  return planRounds({ budgetMs, runMs });
}

/**
 * @param blockMs of each case in a round, with all that belongs to it: what settles before, and half a run, by which a block lasts longer than it was
 *   meant to. Else the time would end before the planned rounds do.
 */
function planOf(roundCount: number, minimumSamples: number, blockMs: number, runMs: readonly number[]): RoundPlan {
  const mostSamples = Math.ceil(MOST_SAMPLES_PER_RUN / roundCount);
  return {
    roundCount,
    blocks: runMs.map((time) => {
      const settleRuns = settleRunsFor(time);
      const durationMs = blockMs - BETWEEN_BLOCKS_MS - (settleRuns + 0.5) * time;
      return { durationMs: Math.max(0, Math.min(durationMs, mostSamples * time)), minimumSamples, settleRuns };
    }),
  };
}

/** About 5 ms of untimed runs, at least one unless a single run is so long that the start of it does not count. */
function settleRunsFor(runMs: number): number {
  if (runMs >= 200) return 0;
  return Math.min(20, Math.max(1, Math.round(5 / runMs)));
}

function blockCostMs(runMs: number, minimumSamples: number): number {
  return (settleRunsFor(runMs) + minimumSamples) * runMs;
}

/**
 * The block duration with which a round lasts `roundMs`: every case gets the same time, except those whose fewest samples
 * take longer.
 * @returns null when even the fewest samples of all do not fit
 */
function fillRound(roundMs: number, costsMs: readonly number[]): number | null {
  const ascending = [...costsMs].sort((a, b) => a - b);
  let restMs = roundMs;
  for (let count = ascending.length; count > 0; count -= 1) {
    const sharedMs = restMs / count;
    const dearest = ascending[count - 1] as number;
    if (dearest <= sharedMs) return sharedMs;
    restMs -= dearest;
  }
  return restMs >= 0 ? (ascending[0] as number) : null;
}
