import type { LatencySummary } from '../run.ts';
import { intervalConfidence } from './interval-confidence.ts';
import { medianInterval } from './median-interval.ts';
import { medianStretch } from './median-stretch.ts';
import {
  medianAbsoluteDeviation,
  minimumSampleCount,
  quantileOfSorted,
  sortAscending,
  supportedPercentile,
} from './quantile.ts';
import { FEWEST_BLOCKS } from './stability.ts';

/**
 * Latency statistics of one run. The interval of the median takes blocks as its units (see `median-interval.ts`), and is widened
 * by how much they may depend on one another (see `median-stretch.ts`). From fewer than six there is none: on a machine that wanders it would hold the
 * truth 65 to 91 times in 100.
 *
 * @param blocks samples in milliseconds, block by block in the order measured; empty blocks are ignored
 * @returns null when there is no sample
 */
export function summarizeLatency(blocks: readonly ArrayLike<number>[]): LatencySummary | null {
  const filled = blocks.filter((block) => block.length > 0);
  const samples = filled.flatMap((block) => Array.from(block));
  if (samples.length === 0) return null;
  const sorted = sortAscending(samples);
  const mean = samples.reduce((sum, value) => sum + value, 0) / samples.length;
  const squares = samples.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const interval = filled.length < FEWEST_BLOCKS ? null : medianInterval(filled, medianStretch(filled));
  return {
    median: quantileOfSorted(sorted, 0.5),
    ciLow: interval?.low ?? null,
    ciHigh: interval?.high ?? null,
    confidence: interval === null ? null : intervalConfidence(filled.length),
    mean,
    stdDev: samples.length > 1 ? Math.sqrt(squares / (samples.length - 1)) : null,
    mad: medianAbsoluteDeviation(sorted),
    min: sorted[0] as number,
    max: sorted[sorted.length - 1] as number,
    p50: supportedPercentile(sorted, 0.5),
    p90: supportedPercentile(sorted, 0.9),
    p95: supportedPercentile(sorted, 0.95),
    p99: supportedPercentile(sorted, 0.99),
    unsupportedPercentiles: unsupportedPercentilesOf(samples.length),
  };
}

function unsupportedPercentilesOf(has: number): LatencySummary['unsupportedPercentiles'] {
  return (Object.entries({ p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 }) as ['p50' | 'p90' | 'p95' | 'p99', number][])
    .map(([name, probability]) => ({ name, needs: minimumSampleCount(probability), has }))
    .filter(({ needs }) => needs > has);
}
