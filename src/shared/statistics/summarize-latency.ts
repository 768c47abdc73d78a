import type { LatencySummary } from '../run.ts';
import { studentQuantile } from './distributions.ts';
import { median, medianAbsoluteDeviation, quantileOfSorted, sortAscending, supportedPercentile } from './quantile.ts';
import { createRandom } from './random.ts';
import { dependenceStretch } from './serial-dependence.ts';

export const RESAMPLE_COUNT = 1000;

/**
 * Latency statistics of one run.
 *
 * The interval of the median is a cluster bootstrap: whole blocks are drawn with replacement, because samples of one block
 * share the machine's state and are not independent. The percentile interval is widened for the number of blocks
 * (Hesterberg 2015, "expanded percentile interval"), without which few blocks give an interval that is too narrow, and widened
 * again by how much blocks may depend on one another (see `serial-dependence.ts`).
 *
 * @param blocks samples in milliseconds, block by block; empty blocks are ignored
 * @returns null when there is no sample
 */
export function summarizeLatency(
  blocks: readonly ArrayLike<number>[],
  options: { seed: number },
): LatencySummary | null {
  const filled = blocks.filter((block) => block.length > 0);
  const samples = filled.flatMap((block) => Array.from(block));
  if (samples.length === 0) return null;
  const sorted = sortAscending(samples);
  const mean = samples.reduce((sum, value) => sum + value, 0) / samples.length;
  const squares = samples.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const middle = quantileOfSorted(sorted, 0.5);
  const interval = stretchInterval(
    medianInterval(filled, options.seed),
    middle,
    dependenceStretch(filled.map(median), 'times'),
    { least: sorted[0] as number, most: sorted[sorted.length - 1] as number },
  );
  return {
    median: middle,
    ciLow: interval?.low ?? null,
    ciHigh: interval?.high ?? null,
    mean,
    stdDev: samples.length > 1 ? Math.sqrt(squares / (samples.length - 1)) : null,
    mad: medianAbsoluteDeviation(sorted),
    min: sorted[0] as number,
    max: sorted[sorted.length - 1] as number,
    p50: supportedPercentile(sorted, 0.5),
    p90: supportedPercentile(sorted, 0.9),
    p95: supportedPercentile(sorted, 0.95),
    p99: supportedPercentile(sorted, 0.99),
  };
}

/**
 * By its logarithms, so that no bound falls below zero; and beyond the fastest and the slowest sample by no more than they lie apart:
 * a few blocks on a machine in turmoil can otherwise be stretched to times without sense.
 */
function stretchInterval(
  interval: { low: number; high: number } | null,
  middle: number,
  stretch: number,
  { least, most }: { least: number; most: number },
): { low: number; high: number } | null {
  if (interval === null || stretch === 1) return interval;
  const range = most / least;
  return {
    low: Math.max(least / range, middle * (interval.low / middle) ** stretch),
    high: Math.min(most * range, middle * (interval.high / middle) ** stretch),
  };
}

function medianInterval(blocks: readonly ArrayLike<number>[], seed: number): { low: number; high: number } | null {
  const blockCount = blocks.length;
  if (blockCount < 2) return null;
  const pooled = blocks
    .flatMap((block, blockIndex) => Array.from(block, (value) => ({ value, blockIndex })))
    .sort((a, b) => a.value - b.value);
  const values = Float64Array.from(pooled, (item) => item.value);
  const owners = Uint32Array.from(pooled, (item) => item.blockIndex);
  const random = createRandom(seed);
  const drawn = new Uint32Array(blockCount);
  const medians = new Float64Array(RESAMPLE_COUNT);
  for (let resample = 0; resample < RESAMPLE_COUNT; resample += 1) {
    drawn.fill(0);
    let total = 0;
    for (let draw = 0; draw < blockCount; draw += 1) {
      const chosen = Math.floor(random() * blockCount);
      drawn[chosen] = (drawn[chosen] as number) + 1;
      total += (blocks[chosen] as ArrayLike<number>).length;
    }
    medians[resample] = weightedMedian(values, owners, drawn, total);
  }
  medians.sort();
  const tail = expandedTail(blockCount);
  return { low: quantileOfSorted(medians, tail), high: quantileOfSorted(medians, 1 - tail) };
}

/** Median of the resample in which block b occurs `drawn[b]` times. */
function weightedMedian(values: Float64Array, owners: Uint32Array, drawn: Uint32Array, total: number): number {
  const lowerRank = Math.floor((total - 1) / 2);
  const upperRank = Math.ceil((total - 1) / 2);
  let seen = 0;
  let lower = Number.NaN;
  for (let index = 0; index < values.length; index += 1) {
    seen += drawn[owners[index] as number] as number;
    if (Number.isNaN(lower) && seen > lowerRank) lower = values[index] as number;
    if (seen > upperRank) return (lower + (values[index] as number)) / 2;
  }
  return lower;
}

/**
 * Tail probability that makes a 95 % percentile interval of n clusters as wide as Student's t would:
 * Phi(-sqrt(n / (n - 1)) * t(0.975; n - 1)).
 */
function expandedTail(clusterCount: number): number {
  const deviate = Math.sqrt(clusterCount / (clusterCount - 1)) * studentQuantile(0.975, clusterCount - 1);
  return normalCumulative(-deviate);
}

/** Standard normal distribution function (Abramowitz & Stegun 26.2.17, absolute error below 7.5e-8). */
function normalCumulative(x: number): number {
  const t = 1 / (1 + 0.231_641_9 * Math.abs(x));
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  const upper =
    density *
    t *
    (0.319_381_53 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
  return x < 0 ? upper : 1 - upper;
}
