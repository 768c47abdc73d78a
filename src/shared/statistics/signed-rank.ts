/**
 * Hodges–Lehmann estimate of the centre of paired differences with the interval that inverts Wilcoxon's signed-rank test
 * (Hollander, Wolfe & Chicken, Nonparametric Statistical Methods, 3rd ed., section 3.3). Robust: up to 29 % of the
 * differences may be arbitrarily wrong, and no normality is assumed.
 */
import { normalQuantile } from './distributions.ts';

export type CentreInterval = { estimate: number; low: number | null; high: number | null };

/** Above this count Walsh averages would take too long; neighbours are averaged first, which keeps the centre. */
const LARGEST_COUNT = 1000;
const EXACT_COUNT = 60;

/**
 * @param differences paired differences in the order measured, at least one
 * @returns the estimate, and its two-sided interval; null bounds below six differences, where 95 % cannot be reached
 */
export function signedRankInterval(differences: readonly number[], confidence = 0.95): CentreInterval {
  const values = differences.length > LARGEST_COUNT ? averageNeighbours(differences) : differences;
  const walsh = walshAverages(values);
  const middle = (walsh.length - 1) / 2;
  const estimate = ((walsh[Math.floor(middle)] as number) + (walsh[Math.ceil(middle)] as number)) / 2;
  const rank = criticalRank(values.length, 1 - confidence);
  if (rank < 1) return { estimate, low: null, high: null };
  return { estimate, low: walsh[rank - 1] as number, high: walsh[walsh.length - rank] as number };
}

function averageNeighbours(values: readonly number[]): number[] {
  const groupSize = Math.ceil(values.length / LARGEST_COUNT);
  const groups: number[] = [];
  for (let start = 0; start + groupSize <= values.length; start += groupSize) {
    groups.push(values.slice(start, start + groupSize).reduce((sum, value) => sum + value, 0) / groupSize);
  }
  return groups;
}

/** All averages of two values (a value with itself too), ascending. */
function walshAverages(values: readonly number[]): Float64Array {
  const averages = new Float64Array((values.length * (values.length + 1)) / 2);
  let next = 0;
  for (let i = 0; i < values.length; i += 1) {
    for (let j = i; j < values.length; j += 1) {
      averages[next] = ((values[i] as number) + (values[j] as number)) / 2;
      next += 1;
    }
  }
  return averages.sort();
}

/** The largest k with P(W+ <= k - 1) <= alpha / 2: the interval runs from the k-th smallest to the k-th largest average. */
function criticalRank(count: number, alpha: number): number {
  if (count <= EXACT_COUNT) return exactCriticalRank(count, alpha);
  const mean = (count * (count + 1)) / 4;
  const standardDeviation = Math.sqrt((count * (count + 1) * (2 * count + 1)) / 24);
  return Math.floor(mean + normalQuantile(alpha / 2) * standardDeviation);
}

function exactCriticalRank(count: number, alpha: number): number {
  const largest = (count * (count + 1)) / 2;
  // Share of the 2^count sign patterns whose positive ranks add up to each total.
  const share = new Float64Array(largest + 1);
  share[0] = 1;
  for (let rank = 1; rank <= count; rank += 1) {
    for (let total = largest; total >= 0; total -= 1) {
      share[total] = ((share[total] as number) + (total >= rank ? (share[total - rank] as number) : 0)) / 2;
    }
  }
  let cumulative = 0;
  let rank = 0;
  while (rank < largest) {
    cumulative += share[rank] as number;
    if (cumulative > alpha / 2) break;
    rank += 1;
  }
  return rank;
}
