/** A measured case of a sweep, as the sweet spot sees it. */
import type { MeasuredRow } from '../answer/result-row.ts';
import { coresOf } from '../cores-of.ts';
import type { Device } from '../device.ts';
import { type BoundStatistic, type LatencyBound, shareWithin } from '../latency-bound.ts';
import type { IntervalConfidence } from '../statistics/interval-confidence.ts';
import { percentileInterval } from '../statistics/percentile-interval.ts';

/** With its interval, where it has one; that of a percentile is one of 95 %, and has no `confidence`. */
export type Estimate = {
  estimate: number;
  ciLow: number | null;
  ciHigh: number | null;
  confidence?: IntervalConfidence | null | undefined;
};

export type SweepPoint = {
  row: MeasuredRow;
  /** Of one call, by the statistic that the bound names; null where the samples are too few for it. */
  latencyMs: Estimate | null;
  /** Items. */
  throughputPerSecond: Estimate;
  peakBytes: number | null;
  /** Those that “ONNX Runtime chooses” comes to are counted. */
  threadCount: number;
  batchSize: number;
};

export function sweepPointOf(row: MeasuredRow, about: { statistic: BoundStatistic; device: Device }): SweepPoint {
  const { settings, latencyMs, memory } = row.run;
  const { batchSize, intraOpThreads } = settings;
  const perSecond = (callMs: number | null): number | null => (callMs === null ? null : (batchSize * 1000) / callMs);
  return {
    row,
    latencyMs:
      about.statistic === 'median'
        ? {
            estimate: latencyMs.median,
            ciLow: latencyMs.ciLow,
            ciHigh: latencyMs.ciHigh,
            confidence: latencyMs.confidence,
          }
        : percentileInterval(
            row.blocks.map(({ samplesMs }) => samplesMs),
            shareWithin[about.statistic],
          ),
    throughputPerSecond: {
      estimate: (batchSize * 1000) / latencyMs.median,
      ciLow: perSecond(latencyMs.ciHigh),
      ciHigh: perSecond(latencyMs.ciLow),
      confidence: latencyMs.confidence,
    },
    peakBytes: memory.peakBytes,
    threadCount: intraOpThreads === 0 ? coresOf(about.device) : intraOpThreads,
    batchSize,
  };
}

export type BoundVerdict = 'holds' | 'undecided' | 'does-not-hold';

/** The whole interval has to lie on one side of the bound. */
export function judgeBound(latencyMs: Estimate | null, bound: Pick<LatencyBound, 'ms'>): BoundVerdict {
  if (latencyMs === null) return 'undecided';
  const { ciLow, ciHigh } = latencyMs;
  if (ciHigh !== null && ciHigh <= bound.ms) return 'holds';
  return ciLow !== null && ciLow > bound.ms ? 'does-not-hold' : 'undecided';
}
