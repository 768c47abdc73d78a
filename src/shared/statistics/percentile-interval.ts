import { coarseClockStep } from './clock-step.ts';
import { dependenceStretch } from './dependence-stretch.ts';
import { studentQuantile } from './distributions.ts';
import { enclosingRanks } from './enclosing-ranks.ts';
import { minimumSampleCount, quantileOfSorted, sortAscending } from './quantile.ts';

/** Of both tails together. */
const USUAL_ALPHA = 0.05;

/** Milliseconds; a bound is null where no sample lies so far out. */
export type PercentileInterval = { estimate: number; ciLow: number | null; ciHigh: number | null };

/**
 * A percentile of the latency with its 95 % interval.
 *
 * Of n independent samples the number below the true percentile is Binomial(n, p), so two of the ordered samples enclose it
 * (Conover, Practical Nonparametric Statistics, 3rd ed., section 3.2): nothing is assumed of the shape of a tail. Samples of one
 * block are not independent. How much less they tell is the design effect of Kish: the variance of the share beyond the
 * estimate as blocks differ in it, over that of independent samples. As many samples are reckoned with as remain after dividing by
 * it, once more reduced because few blocks tell it badly (Korn & Graubard 1998; for quantiles, Woodruff 1952). What blocks differ in
 * beyond chance may also go on from one to the next, and is widened as for the median (see `dependence-stretch.ts`).
 * Where the clock is coarse, both ends move out by one step of it (see `clock-step.ts`).
 *
 * @param blocks samples in milliseconds, block by block; empty blocks are ignored
 * @param probability 0..1, such as 0.99
 * @param options.alpha share of such intervals that do not hold the truth, another than 5 %
 * @returns null when the samples are too few for the percentile; see `minimumSampleCount`
 */
export function percentileInterval(
  blocks: readonly ArrayLike<number>[],
  probability: number,
  { alpha = USUAL_ALPHA }: { alpha?: number } = {},
): PercentileInterval | null {
  const filled = blocks.filter((block) => block.length > 0);
  const sorted = sortAscending(filled.flatMap((block) => Array.from(block)));
  if (sorted.length < minimumSampleCount(probability)) return null;
  const estimate = quantileOfSorted(sorted, probability);
  if (filled.length < 2) return { estimate, ciLow: null, ciHigh: null };
  const count = independentCount(filled, { limit: estimate, alpha });
  const { low, high } = enclosingRanks(count, probability, alpha);
  const valueAt = (rank: number): number => quantileOfSorted(sorted, (rank - 1) / (count - 1));
  const step = coarseClockStep(sorted);
  return {
    estimate,
    ciLow: low < 1 ? null : Math.max(0, valueAt(low) - step),
    ciHigh: high > count ? null : valueAt(high) + step,
  };
}

/** How many independent samples would tell as much of the share beyond `limit`. */
function independentCount(
  blocks: readonly ArrayLike<number>[],
  { limit, alpha }: { limit: number; alpha: number },
): number {
  const blockCount = blocks.length;
  const sampleCount = blocks.reduce((sum, block) => sum + block.length, 0);
  const beyond = blocks.map((block) => Array.from(block).filter((value) => value > limit).length);
  const share = beyond.reduce((sum, count) => sum + count, 0) / sampleCount;
  if (share === 0) return sampleCount;
  const squares = blocks.reduce(
    (sum, block, index) => sum + ((beyond[index] as number) - share * block.length) ** 2,
    0,
  );
  const observed = (blockCount * squares) / ((blockCount - 1) * sampleCount ** 2);
  const designEffect = observed / ((share * (1 - share)) / sampleCount);
  const stretch = dependenceStretch(
    beyond.map((count, index) => [count / (blocks[index] as ArrayLike<number>).length]),
    { kind: 'times' },
  );
  const widened = 1 + Math.max(0, designEffect - 1) * Math.max(1, stretch) ** 2;
  const fewBlocks =
    (studentQuantile(1 - alpha / 2, blockCount - 1) / studentQuantile(1 - alpha / 2, sampleCount - 1)) ** 2;
  return Math.max(2, Math.floor(sampleCount / (designEffect > 1 ? widened * fewBlocks : 1)));
}
