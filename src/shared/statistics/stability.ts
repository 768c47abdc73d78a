import { countText } from '../text/number-text.ts';
import type { SampleBlock, Stability } from '../run.ts';
import { formatPercent } from '../format.ts';
import { median, medianAbsoluteDeviation, quantileOfSorted, sortAscending } from './quantile.ts';
import { dependenceStretch, serialCorrelation } from './serial-dependence.ts';

type Reason = Stability['reasons'][number];

export const FEWEST_SAMPLES = 30;
export const FEWEST_BLOCKS = 6;
export const LARGEST_DRIFT = 0.05;
export const LARGEST_SPREAD = 0.05;
export const LARGEST_OUTLIER_SHARE = 0.05;
export const LARGEST_CORRELATION = 0.5;
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
  const reasons = [
    judgeCount(samples.length, filled.length),
    ...(filled.length >= FEWEST_BLOCKS ? [judgeTrend(blockMedians), judgeSpread(blockMedians)] : []),
    ...(samples.length >= FEWEST_SAMPLES ? [judgeOutliers(samples)] : []),
  ].filter((reason): reason is Reason => reason !== null);
  return { verdict: reasons.length === 0 ? 'stable' : 'unstable', reasons };
}

function judgeCount(sampleCount: number, blockCount: number): Reason | null {
  if (sampleCount >= FEWEST_SAMPLES && blockCount >= FEWEST_BLOCKS) return null;
  return {
    kind: 'too-few-samples',
    message: `Only ${countText(sampleCount, 'sample')} in ${countText(blockCount, 'block')}; at least ${FEWEST_SAMPLES} in ${FEWEST_BLOCKS} are needed. Measure longer.`,
  };
}

/** Drift says more than that neighbours resemble each other, which they then do as well. */
function judgeTrend(blockMedians: readonly number[]): Reason | null {
  return judgeDrift(blockMedians) ?? judgeWandering(blockMedians);
}

/** Kendall's trend test on block medians (99 %), together with a Theil–Sen change over the run that matters. */
function judgeDrift(blockMedians: readonly number[]): Reason | null {
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
function judgeWandering(blockMedians: readonly number[]): Reason | null {
  const correlation = serialCorrelation(blockMedians);
  if (correlation === null || correlation < Math.max(LARGEST_CORRELATION, 2.326 / Math.sqrt(blockMedians.length))) {
    return null;
  }
  if (spreadOf(blockMedians) < HARMLESS_WANDERING) return null;
  return {
    kind: 'autocorrelation',
    message: `Its speed wanders: each block resembles the one before (correlation ${correlation.toFixed(2)}), so its interval is drawn ${dependenceStretch(blockMedians).toFixed(1)} times as wide. Measure longer.`,
  };
}

/** 1.4826 scales the median absolute deviation to a standard deviation under normality. */
function spreadOf(blockMedians: readonly number[]): number {
  return (1.4826 * medianAbsoluteDeviation(blockMedians)) / median(blockMedians);
}

function judgeSpread(blockMedians: readonly number[]): Reason | null {
  const spread = spreadOf(blockMedians);
  if (spread <= LARGEST_SPREAD) return null;
  return {
    kind: 'spread',
    message: `Blocks differ by ${formatPercent(spread)} from one another: other work disturbs the machine.`,
  };
}

/** Tukey's far-out fence: three interquartile ranges above the third quartile. */
function judgeOutliers(samples: readonly number[]): Reason | null {
  const sorted = sortAscending(samples);
  const lower = quantileOfSorted(sorted, 0.25);
  const upper = quantileOfSorted(sorted, 0.75);
  // A quarter of a percent of the median guards against clocks so coarse that the quartiles coincide.
  const range = Math.max(upper - lower, 0.0025 * quantileOfSorted(sorted, 0.5));
  const share = samples.filter((value) => value > upper + 3 * range).length / samples.length;
  if (share <= LARGEST_OUTLIER_SHARE) return null;
  return {
    kind: 'outliers',
    message: `${formatPercent(share)} of the samples are far above the rest: something interrupts the runs.`,
  };
}
