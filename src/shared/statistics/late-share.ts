/** Whether a queue answers nearly all requests within a bound: a binomial test that knows that neighbours wait in the same queue. */
import { betaCumulative, betaQuantile } from './beta.ts';
import { quantileOfSorted, sortAscending } from './quantile.ts';

export type LateShareVerdict = 'holds' | 'does-not-hold' | 'undecided';

export type LateShareRule = {
  /** A request that takes longer is late. */
  latencyBoundMs: number;
  /** Share of the requests that has to be in time: 0.99. */
  percentile: number;
  /** With which each verdict is right, all looks together: 0.95. */
  confidence: number;
  /** Requests that were meant to be served; `planLooks` says when they are looked at to see whether it is decided. */
  plannedCount: number;
};

export type LateShare = {
  verdict: LateShareVerdict;
  count: number;
  lateCount: number;
  effectiveCount: number;
  share: { estimate: number; ciLow: number; ciHigh: number };
};

/** The clustering of late requests is read where at least so large a share lies beyond: with 2 %, rates were called held wrongly up to 9 times in 100 (bench/queue-simulation.ts). */
const CLUSTER_SHARE = 0.05;
const FIRST_LOOK = 30;
const LOOK_GROWTH = 2.5;

/**
 * A rate holds the bound when a share of late requests as large as is allowed, or larger, would show so few of them with a
 * probability of at most 1 − confidence; it does not when such a share, or a smaller one, would show so many with that probability
 * (Clopper & Pearson 1934, one-sided; LoadGen's early stopping asks the first question in the same way). What is left of 1 is divided among the looks at which the
 * verdict is possible (Bonferroni).
 *
 * LoadGen takes requests as independent. In a queue they are not: who waits behind a late one is late too. So both numbers are
 * divided by the design effect first (Kish 1965), which is the integrated autocorrelation of “slower than u”; u is the bound, or
 * the 95th percentile of the latencies where fewer lie beyond the bound.
 *
 * @param latenciesMs in the order of arrival
 */
export function judgeLateShare(latenciesMs: ArrayLike<number>, rule: LateShareRule): LateShare {
  const { latencyBoundMs, percentile } = rule;
  const count = latenciesMs.length;
  const lateCount = countAbove(latenciesMs, latencyBoundMs);
  if (count === 0) {
    const share = { estimate: 0, ciLow: 0, ciHigh: 1 };
    return { verdict: 'undecided', count, lateCount, effectiveCount: 0, share };
  }
  const threshold = Math.min(latencyBoundMs, quantileOfSorted(sortAscending(latenciesMs), 1 - CLUSTER_SHARE));
  const effect = designEffect(latenciesMs, threshold);
  const effectiveCount = count / effect;
  const effectiveLate = lateCount / effect;
  const inTime = effectiveCount - effectiveLate;
  const looks = planLooks(rule.plannedCount);
  const totalRisk = 1 - rule.confidence;
  const risk = totalRisk / looks.length;
  // Even without a late one among them, fewer requests hold nothing.
  const holdingLooks = looks.filter((look) => percentile ** look <= totalRisk).length;
  const holdingRisk = totalRisk / Math.max(1, holdingLooks);
  const allowed = 1 - percentile;
  const share = {
    estimate: lateCount / count,
    ciLow: lateCount === 0 ? 0 : betaQuantile(risk, effectiveLate, inTime + 1),
    ciHigh: lateCount === count ? 1 : betaQuantile(1 - holdingRisk, effectiveLate + 1, inTime),
  };
  const holds = lateCount < count && betaCumulative(allowed, effectiveLate + 1, inTime) >= 1 - holdingRisk;
  const fails = lateCount > 0 && betaCumulative(allowed, effectiveLate, inTime + 1) <= risk;
  return { verdict: holds ? 'holds' : fails ? 'does-not-hold' : 'undecided', count, lateCount, effectiveCount, share };
}

/** Numbers of requests at which they are looked at: each 2.5 times the one before, and all of them at the end. */
export function planLooks(requestCount: number): number[] {
  const looks: number[] = [];
  for (let look = FIRST_LOOK; look * LOOK_GROWTH <= requestCount; look = Math.ceil(look * LOOK_GROWTH))
    looks.push(look);
  return [...looks, requestCount];
}

/**
 * By how much the variance of the share of values above a threshold is larger than that of as many independent ones; at least 1.
 * Autocorrelations are summed in pairs for as long as these are positive and do not rise (Geyer 1992, initial monotone sequence).
 */
function designEffect(values: ArrayLike<number>, threshold: number): number {
  const count = values.length;
  const above = Float64Array.from(values, (value) => (value > threshold ? 1 : 0));
  const mean = above.reduce((sum, value) => sum + value, 0) / count;
  const variance = mean * (1 - mean);
  if (variance === 0) return 1;
  const correlation = (lag: number): number => {
    let sum = 0;
    for (let index = lag; index < count; index += 1)
      sum += ((above[index] as number) - mean) * ((above[index - lag] as number) - mean);
    return sum / (count * variance);
  };
  let total = 0;
  let before = Infinity;
  for (let lag = 0; lag + 1 < count; lag += 2) {
    const pair = Math.min(before, correlation(lag) + correlation(lag + 1));
    if (pair <= 0) break;
    total += pair;
    before = pair;
  }
  return Math.max(1, 2 * total - 1);
}

function countAbove(values: ArrayLike<number>, bound: number): number {
  let found = 0;
  for (let index = 0; index < values.length; index += 1) if ((values[index] as number) > bound) found += 1;
  return found;
}
