/** What the table of runs says of a run. Pure. */
import { formatSpeedup } from '#shared/format.ts';
import type { LatencySummary } from '#shared/run.ts';
import type { StabilityReason } from '#shared/stability-reason.ts';
import { minimumSampleCount } from '#shared/statistics/quantile.ts';
import { countText, speedupIntervalText } from '#shared/text/number-text.ts';
import type { ResultRow } from '#shared/answer/result-row.ts';

export type Percentile = 'p90' | 'p95' | 'p99';

const probabilities: Record<Percentile, number> = { p90: 0.9, p95: 0.95, p99: 0.99 };

/** Why a percentile is not claimed; null when it is. */
export function missingPercentileText(latencyMs: LatencySummary, name: Percentile, sampleCount: number): string | null {
  if (latencyMs[name] !== null) return null;
  const needed = minimumSampleCount(probabilities[name]);
  return `${countText(sampleCount, 'sample')} cannot support ${name}: it takes ${needed}. Measure longer.`;
}

/** `1.86× faster`, `indistinguishable`, `baseline`; null where nothing is compared. */
export function verdictWord({ comparison, isBaseline }: ResultRow): string | null {
  if (comparison === null) return isBaseline ? 'baseline' : null;
  return formatSpeedup(comparison);
}

/** The evidence behind the verdict. */
export function verdictEvidence(row: ResultRow, isBaselineNamed: boolean): string | null {
  const { comparison } = row;
  if (comparison === null) return null;
  const interval = speedupIntervalText(comparison) ?? `only ${countText(comparison.pairCount, 'paired round')}`;
  return isBaselineNamed ? `${interval}, against #${comparison.baselineNumber}` : interval;
}

/** For sorting: fast ones first or last, and what is compared with nothing as 1. */
export function speedupOf({ comparison, isBaseline }: ResultRow): number | null {
  if (comparison !== null) return comparison.speedup.estimate;
  return isBaseline ? 1 : null;
}

/** `drift, other load`, or `drift and 2 more`: on one line, with the sentences elsewhere. */
export function reasonsText(reasons: readonly Pick<StabilityReason, 'kind'>[]): string {
  const words = reasons.map(({ kind }) => kind.replaceAll('-', ' '));
  return words.length <= 2 ? words.join(', ') : `${words[0]} and ${words.length - 1} more`;
}
