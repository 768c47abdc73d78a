/**
 * Intervals that take blocks as independent are too narrow on a machine that wanders: with a correlation of 0.5 between neighbours a
 * "95 %" interval holds the truth 80 times in 100. They are too wide where blocks follow a trend. Which it is cannot be told for certain
 * from one run, so no estimate of it is believed.
 */
import { centrePossibilities, LEAST_NOISE, type SeriesKind } from './centre-possibilities.ts';
import { studentQuantile, studentTail } from './distributions.ts';
import { median, medianAbsoluteDeviation } from './quantile.ts';

/** Below this many blocks nothing can be said of the variance of their centre. */
const FEWEST_BLOCKS = 4;
/** Blocks count as this many standard deviations from the typical one at most, so that single wild ones do not decide. */
const LARGEST_DEVIATION = 3;
/** Of what sums of some hundred values are rounded by, as a share. */
const ROUNDING = 1e-14;
/** Of deviations that are differences at all: squares of much smaller ones are below what double precision holds. */
const SMALLEST_DEVIATION = 1e-100;
/** The noise of a block, over the median of all, by degrees of freedom: beyond 20 of one, or 5 of four, lies one in about 500. */
const LARGEST_NOISE_RATIO = 20;
/**
 * A level that changes moves the share of samples below the median by the density there, noise by its own variance; averaged over normal samples
 * along a trend the first counts half of the second, and a median of noise has π / 2 times the variance of a mean.
 */
const LEVELS_BESIDE_NOISE = Math.PI / 4;

/**
 * By how much an interval for the centre of blocks, drawn as if they were independent, has to be widened; below 1 it is made narrower.
 *
 * Block means are taken for noise, whose size the parts of the blocks tell, and for something that each of `centrePossibilities` describes. Each
 * gives a Student distribution of the centre. They are mixed with the weight that each has after the blocks were seen, and the half width
 * is the one that this mixture exceeds as rarely as is asked.
 *
 * @param parts by block in the order measured, what each part of it says (see `block-parts.ts`); below four blocks nothing is widened
 * @param options.noiseShare where blocks may follow a trend: how much of the interval that takes them as independent the noise of single samples
 *   makes, 0..1. Under a trend a median rests on the blocks in the middle of it, and is known less well than their mean
 */
export function dependenceStretch(
  parts: readonly (readonly number[])[],
  { kind, confidence = 0.95, noiseShare = null }: { kind: SeriesKind; confidence?: number; noiseShare?: number | null },
): number {
  const blockCount = parts.length;
  const partCount = parts[0]?.length ?? 0;
  if (blockCount < FEWEST_BLOCKS) return 1;
  const levels = limitDeviations(parts.map(meanOf));
  const mean = meanOf(levels);
  const variance = sumOfSquares(levels, mean) / (blockCount - 1);
  // Equal but for how their mean was rounded: nothing can be said of such differences.
  if (variance <= Math.max(SMALLEST_DEVIATION, ROUNDING * Math.abs(mean)) ** 2) return 1;
  const noiseFreedom = blockCount * (partCount - 1);
  const noiseSquares = noiseFreedom * Math.max(noiseOf(parts), variance * LEAST_NOISE);
  const freedom = blockCount - 1 + noiseFreedom;
  const independentError = Math.sqrt(variance / blockCount);
  const withTrend = noiseShare !== null && partCount > 1;
  const fits = centrePossibilities(
    levels.map((value) => value - mean),
    { kind, partCount, withTrend },
  ).map(({ weight, centre, information, squares, logDeterminant, aroundTrend }) => {
    const total = squares + noiseSquares;
    const error = Math.sqrt(total / freedom / information + centre ** 2);
    const leastError =
      aroundTrend === null
        ? 0
        : (noiseShare ?? 0) * independentError * Math.sqrt(1 + LEVELS_BESIDE_NOISE * (aroundTrend - 1));
    return {
      error: Math.max(error, leastError),
      logWeight: Math.log(weight) - (logDeterminant + Math.log(information) + freedom * Math.log(total)) / 2,
    };
  });
  const largest = Math.max(...fits.map(({ logWeight }) => logWeight));
  const mixture = fits.map(({ error, logWeight }) => ({ error, weight: Math.exp(logWeight - largest) }));
  const needed = mixtureDeviate(mixture, freedom, 1 - confidence);
  return needed / (studentQuantile((1 + confidence) / 2, blockCount - 1) * independentError);
}

/** The deviate that a mixture of Student distributions around 0 exceeds, on either side, with this probability. */
function mixtureDeviate(
  mixture: readonly { error: number; weight: number }[],
  degreesOfFreedom: number,
  probability: number,
): number {
  const total = mixture.reduce((sum, { weight }) => sum + weight, 0);
  const likely = mixture.filter(({ weight }) => weight > 1e-6 * total);
  const tailAt = (deviate: number): number =>
    likely.reduce(
      (sum, { error, weight }) => sum + (weight / total) * studentTail(deviate / error, degreesOfFreedom),
      0,
    );
  let low = 0;
  let high = Math.max(...likely.map(({ error }) => error));
  while (tailAt(high) > probability) high *= 2;
  while (high - low > 1e-4 * high) {
    const middle = (low + high) / 2;
    if (tailAt(middle) > probability) low = middle;
    else high = middle;
  }
  return high;
}

/** Noise variance of a block's mean, from how its parts differ. */
function noiseOf(parts: readonly (readonly number[])[]): number {
  const freedom = (parts[0]?.length ?? 0) - 1;
  if (freedom < 1) return 0;
  const variances = parts.map((values) => sumOfSquares(values, meanOf(values)) / freedom / values.length);
  const most = (LARGEST_NOISE_RATIO / freedom) * median(variances);
  return meanOf(variances.map((value) => Math.min(value, most)));
}

function limitDeviations(values: readonly number[]): readonly number[] {
  const middle = median(values);
  const most = LARGEST_DEVIATION * 1.4826 * medianAbsoluteDeviation(values);
  return most === 0 ? values : values.map((value) => Math.max(middle - most, Math.min(middle + most, value)));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function sumOfSquares(values: readonly number[], mean: number): number {
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}
