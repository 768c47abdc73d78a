import { countText } from '../text/number-text.ts';
import type { Outliers, SampleBlock, Stability } from '../run.ts';
import type { StabilityReason } from '../stability-reason.ts';
import { formatMs, formatPercent } from '../format.ts';
import { judgeContext } from './judge-context.ts';
import { readingsOfClock } from './clock-step.ts';
import { medianStretch } from './median-stretch.ts';
import { classifyOutliers } from './outliers.ts';
import { median, medianAbsoluteDeviation, sortAscending } from './quantile.ts';
import { serialCorrelation } from './serial-dependence.ts';
import { findTwoSpeeds } from './two-speeds.ts';

export const FEWEST_SAMPLES = 30;
export const FEWEST_BLOCKS = 6;
export const LARGEST_DRIFT = 0.05;
export const LARGEST_SPREAD = 0.05;
export const LARGEST_OUTLIER_SHARE = 0.05;
export const LARGEST_CORRELATION = 0.5;
/** Steps of the clock against the median. */
export const LARGEST_CLOCK_STEP = 0.01;
/** Blocks that wander by less than this do no harm, however regularly. */
const HARMLESS_WANDERING = 0.01;

/**
 * Whether a run's median can be trusted to repeat. Each rule looks at a different way of being wrong; any one of them makes
 * the run unstable. No sample is ever dropped.
 */
export function judgeStability(blocks: readonly SampleBlock[]): Stability {
  const filled = blocks.filter((block) => block.samplesMs.length > 0);
  const samples = filled.flatMap((block) => block.samplesMs);
  const blockMedians = filled.map((block) => median(block.samplesMs));
  if (filled.length === 0) return { verdict: 'unstable', reasons: [judgeCount(0, 0) as StabilityReason] };
  const outliers = classifyOutliers(filled);
  const timer = judgeTimer(samples);
  const reasons = [
    judgeCount(samples.length, filled.length),
    ...(filled.length >= FEWEST_BLOCKS ? [judgeTrend(filled, blockMedians), judgeSpread(blockMedians)] : []),
    ...(samples.length >= FEWEST_SAMPLES
      ? [judgeOutliers(outliers, samples.length), timer ?? judgeSpeeds(filled)]
      : []),
    ...judgeContext(filled),
  ].filter((reason): reason is StabilityReason => reason !== null);
  return { verdict: reasons.length === 0 ? 'stable' : 'unstable', reasons, outliers };
}

function judgeCount(sampleCount: number, blockCount: number): StabilityReason | null {
  if (sampleCount >= FEWEST_SAMPLES && blockCount >= FEWEST_BLOCKS) return null;
  return {
    kind: 'too-few-samples',
    message: `Only ${countText(sampleCount, 'sample')} in ${countText(blockCount, 'block')}; at least ${FEWEST_SAMPLES} in ${FEWEST_BLOCKS} are needed. Measure longer.`,
  };
}

/** Drift says more than that neighbours resemble each other, which they then do as well. */
function judgeTrend(blocks: readonly SampleBlock[], blockMedians: readonly number[]): StabilityReason | null {
  return judgeDrift(blockMedians) ?? judgeWandering(blocks, blockMedians);
}

/** Kendall's trend test on block medians (99 %), together with a Theil–Sen change over the run that matters. */
function judgeDrift(blockMedians: readonly number[]): StabilityReason | null {
  const count = blockMedians.length;
  let score = 0;
  const slopes: number[] = [];
  for (let i = 0; i < count; i += 1) {
    for (let j = i + 1; j < count; j += 1) {
      const difference = (blockMedians[j] as number) - (blockMedians[i] as number);
      score += Math.sign(difference);
      slopes.push(difference / (j - i));
    }
  }
  const standardDeviation = Math.sqrt((count * (count - 1) * (2 * count + 5)) / 18);
  const change = (median(slopes) * (count - 1)) / median(blockMedians);
  if ((Math.abs(score) - 1) / standardDeviation < 2.576 || Math.abs(change) < LARGEST_DRIFT) return null;
  const direction = change > 0 ? 'slower' : 'faster';
  return {
    kind: 'drift',
    message: `It became ${formatPercent(Math.abs(change))} ${direction} during the run: a sign of heating, frequency change or other load.`,
  };
}

/** Correlation of neighbouring blocks above the limit, and above what chance gives in one of a hundred independent series. */
function judgeWandering(blocks: readonly SampleBlock[], blockMedians: readonly number[]): StabilityReason | null {
  const correlation = serialCorrelation(blockMedians);
  if (correlation === null || correlation < Math.max(LARGEST_CORRELATION, 2.326 / Math.sqrt(blockMedians.length))) {
    return null;
  }
  if (spreadOf(blockMedians) < HARMLESS_WANDERING) return null;
  const stretch = medianStretch(blocks.map((block) => block.samplesMs));
  const widening = stretch < 1.05 ? '' : `, so its interval is drawn ${stretch.toFixed(1)} times as wide`;
  return {
    kind: 'autocorrelation',
    message: `Its speed wanders: each block resembles the one before (correlation ${correlation.toFixed(2)})${widening}. Measure longer.`,
  };
}

/** 1.4826 scales the median absolute deviation to a standard deviation under normality. */
function spreadOf(blockMedians: readonly number[]): number {
  return (1.4826 * medianAbsoluteDeviation(blockMedians)) / median(blockMedians);
}

function judgeSpread(blockMedians: readonly number[]): StabilityReason | null {
  const spread = spreadOf(blockMedians);
  if (spread <= LARGEST_SPREAD) return null;
  return {
    kind: 'spread',
    message: `Blocks differ by ${formatPercent(spread)} from one another: other work disturbs the machine.`,
  };
}

function judgeOutliers({ severeAbove, inBursts }: Outliers, sampleCount: number): StabilityReason | null {
  const share = severeAbove / sampleCount;
  if (share <= LARGEST_OUTLIER_SHARE) return null;
  const how = inBursts > severeAbove / 2 ? 'most of them next to each other' : 'most of them alone';
  return {
    kind: 'outliers',
    message: `${formatPercent(share)} of the samples are far above the rest, ${how}: something interrupts the runs.`,
  };
}

function judgeSpeeds(blocks: readonly SampleBlock[]): StabilityReason | null {
  const speeds = findTwoSpeeds(blocks);
  if (speeds === null) return null;
  return {
    kind: 'bimodality',
    message: `It runs at two speeds: ${formatPercent(1 - speeds.slowShare, 0)} of the samples take about ${formatMs(speeds.fastMs)}, the others about ${formatMs(speeds.slowMs)}. The median says little of either.`,
  };
}

/** The clock shows only few different times, whose steps are a share of the median that matters. */
function judgeTimer(samples: readonly number[]): StabilityReason | null {
  const sorted = sortAscending(samples);
  const readings = readingsOfClock(sorted);
  if (readings === null) return null;
  const middle = median(sorted);
  const { stepMs } = readings;
  if (stepMs !== null && stepMs < LARGEST_CLOCK_STEP * middle) return null;
  return {
    kind: 'timer-saturation',
    message:
      stepMs === null
        ? 'All samples are equal: the clock is too coarse for them. Use a larger batch.'
        : `The clock steps by ${formatMs(stepMs)}, which is ${formatPercent(stepMs / middle)} of the median. Read the mean, or use a larger batch.`,
  };
}
