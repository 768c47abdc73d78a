/**
 * Intervals that take blocks as independent are too narrow on a machine that wanders: with a correlation of 0.5 between neighbours a
 * "95 %" interval holds the truth 80 times in 100. How much a run wanders cannot be told from a few blocks, so no estimate of it is believed.
 */

import { studentQuantile, studentTail } from './distributions.ts';
import { median, medianAbsoluteDeviation } from './quantile.ts';

/** Below this many blocks nothing can be said of the variance of their centre. */
const FEWEST_BLOCKS = 4;
/** Blocks, and the noise of a block, count as this many standard deviations from the typical one at most. */
const LARGEST_DEVIATION = 3;
const LARGEST_NOISE_RATIO = 6;
/** By how much blocks may differ beyond noise: variance, in units of the noise variance of one block. */
const EXCESSES = [0.5, 2, 8, 32, 128, 512];
/** Noise is never taken for less than this share of what blocks differ by: the last of the excesses explains that. */
const LEAST_NOISE = 1 / 512;
/** How much of what blocks of one case differ by may wander; the rest befalls single blocks. */
const SHARES = [1 / 3, 1];
/** Fewer blocks cannot tell such a share from noise. */
const FEWEST_TELLING = 16;

/** What the values describe: times of one case, which share all that the machine does, or ratios, in which that cancels. */
type SeriesKind = 'times' | 'ratios';

/**
 * One way in which the values may have come about: noise, of variance `noise` (1 is that of single samples, the rest what the machine does
 * to one block alone), and what wanders, of variance `wandering`, which remembers so much of its value one block before.
 */
type Possibility = { noise: number; wandering: number; memory: number; weight: number };

/**
 * By how much an interval for the centre of blocks, drawn as if they were independent, has to be widened; at least 1.
 *
 * Block means are taken for noise, whose size the parts of the blocks tell, and a machine that may wander (first-order autoregressive).
 * Each possible amount and memory of it gives a Student distribution of the centre (regression with autocorrelated errors:
 * Zellner & Tiao 1964; likelihood by the Kalman filter: Harvey 1989). They are mixed with the weight that each has after the blocks
 * were seen, and the half width is the one that this mixture exceeds as rarely as is asked.
 *
 * @param parts by block in the order measured, what each part of it says (see `block-parts.ts`); below four blocks nothing is widened
 */
export function dependenceStretch(
  parts: readonly (readonly number[])[],
  { kind, confidence = 0.95 }: { kind: SeriesKind; confidence?: number },
): number {
  const blockCount = parts.length;
  const partCount = parts[0]?.length ?? 0;
  if (blockCount < FEWEST_BLOCKS) return 1;
  const values = limitDeviations(parts.map(meanOf));
  const mean = meanOf(values);
  const variance = sumOfSquares(values, mean) / (blockCount - 1);
  if (variance === 0) return 1;
  const noiseFreedom = blockCount * (partCount - 1);
  const noiseSquares = noiseFreedom * Math.max(noiseOf(parts), variance * LEAST_NOISE);
  const freedom = blockCount - 1 + noiseFreedom;
  const fits = possibilities(kind, blockCount, partCount).map(({ weight, ...possibility }) => {
    const { centre, information, squares, logDeterminant } = fitCentre(values, possibility);
    const total = squares + noiseSquares;
    return {
      error: Math.sqrt(total / freedom / information + (centre - mean) ** 2),
      logWeight: Math.log(weight) - (logDeterminant + Math.log(information) + freedom * Math.log(total)) / 2,
    };
  });
  const largest = Math.max(...fits.map(({ logWeight }) => logWeight));
  const mixture = fits.map(({ error, logWeight }) => ({ error, weight: Math.exp(logWeight - largest) }));
  const independentError = Math.sqrt(variance / blockCount);
  const needed = mixtureDeviate(mixture, freedom, 1 - confidence);
  return Math.max(1, needed / (studentQuantile((1 + confidence) / 2, blockCount - 1) * independentError));
}

/**
 * What is thought possible before the blocks are seen; all excesses are alike. Times follow a machine that may wander for long, wholly or
 * in part: independent blocks weigh 0.4. Of ratios most of it cancels, and an interval that always allowed for much would hide real
 * differences in few rounds: independent blocks weigh 60 / rounds², between 0.25 and 0.9. That blocks do not differ beyond noise at
 * all is the likelier the better the noise is known. bench/statistics-simulation.ts judges these choices, and bench/real-coverage.ts.
 */
function possibilities(kind: SeriesKind, blockCount: number, partCount: number): Possibility[] {
  const noiseWeight = kind === 'times' ? Math.min(0.5, (partCount - 1) / (partCount + 1)) : 0.1;
  const independentWeight = kind === 'times' ? 0.4 : Math.max(0.25, Math.min(0.9, 60 / blockCount ** 2));
  const longest = Math.max(16, blockCount / 2);
  // Blocks after which 1/e is remembered.
  const spans = kind === 'times' ? [2, 4, 8, 16, 32, 64, 128].filter((span) => span <= longest) : [1, 2];
  const shares = kind === 'times' && blockCount >= FEWEST_TELLING ? SHARES : [1];
  const excessWeight = (1 - noiseWeight) / EXCESSES.length;
  const wanderingWeight = (excessWeight * (1 - independentWeight)) / spans.length / shares.length;
  const independent = EXCESSES.map((excess) => ({
    noise: 1 + excess,
    wandering: 0,
    memory: 0,
    weight: excessWeight * independentWeight,
  }));
  const wandering = EXCESSES.flatMap((excess) =>
    shares.flatMap((share) =>
      spans.map((span) => ({
        noise: 1 + excess * (1 - share),
        wandering: excess * share,
        memory: Math.exp(-1 / span),
        weight: wanderingWeight,
      })),
    ),
  );
  const none = noiseWeight > 0 ? [{ noise: 1, wandering: 0, memory: 0, weight: noiseWeight }] : [];
  return [...none, ...independent, ...wandering];
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

type CentreFit = { centre: number; information: number; squares: number; logDeterminant: number };

/** Generalized least squares for the centre of a series that came about so. */
function fitCentre(values: readonly number[], { noise, wandering, memory }: Omit<Possibility, 'weight'>): CentreFit {
  let stateVariance = wandering;
  // The filter runs over the values and, alike, over what a centre of 1 would give.
  let expectedValue = 0;
  let expectedUnit = 0;
  let information = 0;
  let product = 0;
  let squares = 0;
  let logDeterminant = 0;
  for (const value of values) {
    const variance = stateVariance + noise;
    const valueError = value - expectedValue;
    const unitError = 1 - expectedUnit;
    information += unitError ** 2 / variance;
    product += (unitError * valueError) / variance;
    squares += valueError ** 2 / variance;
    logDeterminant += Math.log(variance);
    const gain = stateVariance / variance;
    expectedValue = memory * (expectedValue + gain * valueError);
    expectedUnit = memory * (expectedUnit + gain * unitError);
    stateVariance = memory ** 2 * (1 - gain) * stateVariance + wandering * (1 - memory ** 2);
  }
  const centre = product / information;
  return { centre, information, squares: Math.max(0, squares - centre * product), logDeterminant };
}

/** Noise variance of a block's mean, from how its parts differ. */
function noiseOf(parts: readonly (readonly number[])[]): number {
  const variances = parts.map((values) => {
    const count = values.length;
    return count < 2 ? 0 : sumOfSquares(values, meanOf(values)) / (count - 1) / count;
  });
  const most = LARGEST_NOISE_RATIO * median(variances);
  return meanOf(variances.map((value) => Math.min(value, most)));
}

/** So that single wild blocks do not decide. */
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
