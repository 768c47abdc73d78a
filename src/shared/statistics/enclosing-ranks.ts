import { binomialProbability } from './distributions.ts';

/**
 * Ranks, counted from 1, of the ordered samples between which a percentile of independent samples lies (Conover, Practical
 * Nonparametric Statistics, 3rd ed., section 3.2).
 *
 * @param probability of the percentile, 0..1, such as 0.99
 * @param alpha with which the percentile lies outside, at most; half of it on each side
 * @returns 0 and `count` + 1 where no sample lies so far out
 */
export function enclosingRanks(count: number, probability: number, alpha: number): { low: number; high: number } {
  let low = 0;
  for (let tail = 0; low < count; low += 1) {
    tail += binomialProbability(low, count, probability);
    if (tail > alpha / 2) break;
  }
  let high = count + 1;
  for (let tail = 0; high > 1; high -= 1) {
    tail += binomialProbability(high - 1, count, probability);
    if (tail > alpha / 2) break;
  }
  return { low, high };
}
