/**
 * When which case is measured. Pure: the same input gives the same schedule. How many rounds there are, and how long their blocks: `#shared/round-plan.ts`.
 *
 * Cases are measured in rounds; in each round every case has one block of consecutive samples, so that the blocks of a
 * round were measured back to back and can be compared as pairs. How long is measured is settled beforehand by the time
 * budget, never by looking at the results.
 */
import { createRandom, shuffle } from '#shared/statistics/random.ts';

/** So much of the budget the planned rounds may take more than it, where runs turn out a little slower than in the warm-up. */
const LATEST_END = 0.05;

/**
 * Whether there is time for one more round of those that are planned. The first always is: a run without any sample says nothing. A round
 * may end late by half of its length, or by a twentieth of the budget.
 */
export function shouldStartRound(state: {
  roundsDone: number;
  roundCount: number;
  elapsedMs: number;
  budgetMs: number;
}): boolean {
  if (state.roundsDone === 0) return true;
  if (state.roundsDone >= state.roundCount) return false;
  const meanRoundMs = state.elapsedMs / state.roundsDone;
  const endsMs = state.elapsedMs + meanRoundMs;
  return endsMs - meanRoundMs / 2 <= state.budgetMs || endsMs <= state.budgetMs * (1 + LATEST_END);
}

/**
 * The order of the cases in a round: drawn for each even round and reversed in the odd round after it, so that over each
 * two rounds every case stands equally early, and no case always follows the same other one.
 */
export function orderOfRound<Item>(items: readonly Item[], round: number, seed: number): Item[] {
  const pair = Math.floor(round / 2);
  const order = shuffle(items, createRandom((seed + Math.imul(pair + 1, 0x9e37_79b1)) >>> 0));
  return round % 2 === 0 ? order : order.toReversed();
}
