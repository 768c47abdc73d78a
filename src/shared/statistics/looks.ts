/**
 * Looking at results to decide whether to stop, without inflating false alarms.
 *
 * Whoever looks again and again at a 95 % interval, and stops when it excludes "equal", is wrong far more often than 5 times in
 * 100. So each look has its own, much stricter level, and all levels together make up the 5 %: whatever decides when to stop,
 * the interval that is reported holds the truth at least 95 times in 100 (repeated confidence intervals, Jennison & Turnbull
 * 1989; the levels are added up by Bonferroni's inequality, which needs no assumption on how looks depend on one another).
 */

/** Paired rounds at the first look; each later one comes after half as many again. */
const FIRST_LOOK = 12;
const GROWTH = 1.5;
const MOST_LOOKS = 8;
/** What one look spends. An experiment that uses its whole time keeps 2.6 % or more of its 5 % for the end. */
export const LOOK_ALPHA = 0.003;
const TOTAL_ALPHA = 0.05;

/** 12, 18, 27, 41, 62, 93, 140, 210. */
export const lookSchedule: readonly number[] = Array.from({ length: MOST_LOOKS - 1 }).reduce<number[]>(
  (looks) => [...looks, Math.ceil((looks.at(-1) as number) * GROWTH)],
  [FIRST_LOOK],
);

/** @param pairCount paired rounds so far */
export function isLookDue(pairCount: number): boolean {
  return lookSchedule.includes(pairCount);
}

/**
 * The level of an interval over these rounds, so that it and the intervals of all looks before hold the truth together 95 times
 * in 100. At a look it is the look's own: the experiment may have ended because of it.
 *
 * @param rounds round numbers that the interval rests on
 * @param looks numbers of the rounds before which results were looked at: 12 means that rounds up to 11 had been seen
 */
export function confidenceOf(rounds: readonly number[], looks: readonly number[]): number {
  const first = rounds.reduce((lowest, round) => Math.min(lowest, round), Infinity);
  const end = rounds.reduce((highest, round) => Math.max(highest, round), -Infinity) + 1;
  if (looks.includes(end)) return 1 - LOOK_ALPHA;
  const lookCount = new Set(looks.filter((look) => look > first && look < end)).size;
  return 1 - Math.max(LOOK_ALPHA, TOTAL_ALPHA - LOOK_ALPHA * lookCount);
}
