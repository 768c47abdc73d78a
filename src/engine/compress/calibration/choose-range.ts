/**
 * Which range of a tensor's values its integers cover. What lies outside is clipped; a narrow range has fine steps inside.
 * Sources: Migacz 2017, "8-bit inference with TensorRT" (entropy); Choukroun et al. 2019, "Low-bit quantization of neural networks for
 * efficient inference" (mean squared error); Krishnamoorthi 2018, "Quantizing deep convolutional networks" (the others).
 */
import { type ActivationHistogram, binsOf } from './activation-histogram.ts';

export const RANGE_METHODS = ['mse', 'minmax', 'moving-average', 'percentile', 'entropy'] as const;
export type RangeMethod = (typeof RANGE_METHODS)[number];

export type Range = { minimum: number; maximum: number };

type Options = {
  method: RangeMethod;
  /** Share of values, in percent, that the range of method `percentile` covers. */
  percentile: number;
  /** Steps between the smallest and the largest integer: 255 for 8 bits. */
  stepCount: number;
  isSymmetric: boolean;
};

/** @returns a range that holds zero, so that zero (padding, ReLU) is represented exactly */
export function chooseRange(histogram: ActivationHistogram, options: Options): Range {
  const range = chooseByMethod(histogram, options);
  const minimum = Math.min(0, Math.max(range.minimum, histogram.minimum));
  const maximum = Math.max(0, Math.min(range.maximum, histogram.maximum));
  if (!options.isSymmetric) return { minimum, maximum };
  const magnitude = Math.max(-minimum, maximum);
  return { minimum: -magnitude, maximum: magnitude };
}

function chooseByMethod(histogram: ActivationHistogram, options: Options): Range {
  switch (options.method) {
    case 'minmax':
      return histogram;
    case 'moving-average':
      return { minimum: histogram.meanMinimum, maximum: histogram.meanMaximum };
    case 'percentile':
      return byPercentile(histogram, options.percentile);
    case 'entropy':
      return byEntropy(histogram, options.stepCount);
    case 'mse':
      return bySquaredError(histogram, options);
  }
}

/** As many values are cut off below as above. */
function byPercentile(histogram: ActivationHistogram, percentile: number): Range {
  const { centers, counts } = binsOf(histogram);
  const half = histogram.binWidth / 2;
  const cut = (histogram.valueCount * (1 - percentile / 100)) / 2;
  let low = 0;
  for (let below = counts[0] ?? 0; below <= cut && low < counts.length - 1; below += counts[low] as number) low += 1;
  let high = counts.length - 1;
  for (let above = counts[high] ?? 0; above <= cut && high > 0; above += counts[high] as number) high -= 1;
  return { minimum: (centers[low] as number) - half, maximum: (centers[high] as number) + half };
}

const FRACTION_STEPS = 100;
const SMALLEST_FRACTION = 0.2;

/**
 * The range with the least mean squared error of quantizing and clipping; both ends are searched in turns, a hundredth of the
 * extremes at a time.
 */
function bySquaredError(histogram: ActivationHistogram, { stepCount, isSymmetric }: Options): Range {
  const bins = binsOf(histogram);
  const extremes = { minimum: Math.min(0, histogram.minimum), maximum: Math.max(0, histogram.maximum) };
  if (isSymmetric) {
    const magnitude = Math.max(-extremes.minimum, extremes.maximum);
    extremes.minimum = -magnitude;
    extremes.maximum = magnitude;
  }
  const cost = squaredErrorOf(bins, stepCount);
  let best = { minimum: 1, maximum: 1 };
  const rangeOf = (fractions: Range): Range => ({
    minimum: extremes.minimum * fractions.minimum,
    maximum: extremes.maximum * fractions.maximum,
  });
  let bestCost = cost(rangeOf(best));
  const sides: readonly (readonly (keyof Range)[])[] = isSymmetric
    ? [['minimum', 'maximum']]
    : [['maximum'], ['minimum'], ['maximum'], ['minimum']];
  for (const side of sides) {
    for (let step = SMALLEST_FRACTION * FRACTION_STEPS; step <= FRACTION_STEPS; step += 1) {
      const tried = { ...best };
      for (const end of side) tried[end] = step / FRACTION_STEPS;
      const triedCost = cost(rangeOf(tried));
      if (triedCost < bestCost) [best, bestCost] = [tried, triedCost];
    }
  }
  return rangeOf(best);
}

/**
 * Inside of the range rounding errors are uniform: a twelfth of the step squared; outside the error is the distance to its end.
 * Prefix sums make each cost a matter of two look-ups.
 */
function squaredErrorOf(bins: { centers: Float64Array; counts: Float64Array }, stepCount: number) {
  const { centers, counts } = bins;
  const length = centers.length;
  const zeroth = new Float64Array(length + 1);
  const first = new Float64Array(length + 1);
  const second = new Float64Array(length + 1);
  for (let index = 0; index < length; index += 1) {
    const [center, count] = [centers[index] as number, counts[index] as number];
    zeroth[index + 1] = (zeroth[index] as number) + count;
    first[index + 1] = (first[index] as number) + count * center;
    second[index + 1] = (second[index] as number) + count * center * center;
  }
  const start = centers[0] ?? 0;
  const width = length > 1 ? (centers[1] as number) - start : 1;
  /** Sum over bins [from, to) of count times the squared distance to `point`. */
  const spread = (from: number, to: number, point: number): number =>
    (second[to] as number) -
    (second[from] as number) -
    2 * point * ((first[to] as number) - (first[from] as number)) +
    point * point * ((zeroth[to] as number) - (zeroth[from] as number));
  return ({ minimum, maximum }: Range): number => {
    const low = Math.min(length, Math.max(0, Math.ceil((minimum - start) / width)));
    const high = Math.max(low, Math.min(length, Math.floor((maximum - start) / width) + 1));
    const step = (maximum - minimum) / stepCount;
    const inside = (zeroth[high] as number) - (zeroth[low] as number);
    return spread(0, low, minimum) + spread(high, length, maximum) + (inside * step * step) / 12;
  };
}

/** Candidates for the number of bins that are kept, at least as many as there are integers. */
const ENTROPY_CANDIDATES = 64;
/** Distributions with peaks, as of constant backgrounds, would else be cut to almost nothing. */
const ENTROPY_LEAST_PERCENT = 99.9;

/**
 * The symmetric cut whose quantized distribution has the least Kullback–Leibler divergence from the one that is cut, where what is
 * cut off counts to the outermost bins.
 */
function byEntropy(histogram: ActivationHistogram, stepCount: number): Range {
  const { centers, counts: all } = binsOf(histogram);
  const width = histogram.binWidth;
  // Zeros of ReLU and padding are exact whatever the range is; they would drown the rest.
  const zero = centers.findIndex((center) => center > 0);
  const counts = all.slice();
  if (zero >= 0) counts[zero] = counts[zero + 1] ?? counts[zero - 1] ?? 0;
  const largest = Math.max(-histogram.minimum, histogram.maximum);
  let best = { minimum: histogram.minimum, maximum: histogram.maximum };
  let bestDivergence = Infinity;
  const narrowest = byPercentile(histogram, ENTROPY_LEAST_PERCENT);
  const leastLimit = Math.max(-narrowest.minimum, narrowest.maximum);
  for (let candidate = 1; candidate <= ENTROPY_CANDIDATES; candidate += 1) {
    const limit = (largest * candidate) / ENTROPY_CANDIDATES;
    if (limit < leastLimit) continue;
    const range = { minimum: Math.max(-limit, histogram.minimum), maximum: Math.min(limit, histogram.maximum) };
    const from = centers.findIndex((center) => center + width / 2 > range.minimum);
    const to = centers.findLastIndex((center) => center - width / 2 < range.maximum) + 1;
    if (from < 0 || to - from <= stepCount) continue;
    const divergence = divergenceOf(counts, from, to, stepCount + 1);
    if (divergence < bestDivergence) [best, bestDivergence] = [range, divergence];
  }
  return best;
}

function divergenceOf(counts: Float64Array, from: number, to: number, levelCount: number): number {
  const kept = counts.slice(from, to);
  const reference = kept.slice();
  for (let index = 0; index < from; index += 1) reference[0] = (reference[0] as number) + (counts[index] as number);
  for (let index = to; index < counts.length; index += 1) {
    reference[reference.length - 1] = (reference.at(-1) as number) + (counts[index] as number);
  }
  const total = reference.reduce((sum, count) => sum + count, 0);
  const keptTotal = kept.reduce((sum, count) => sum + count, 0);
  if (keptTotal === 0) return Infinity;
  let divergence = 0;
  for (let level = 0; level < levelCount; level += 1) {
    const start = Math.floor((level * kept.length) / levelCount);
    const end = Math.floor(((level + 1) * kept.length) / levelCount);
    let sum = 0;
    let filled = 0;
    for (let index = start; index < end; index += 1) {
      sum += kept[index] as number;
      if ((reference[index] as number) > 0) filled += 1;
    }
    for (let index = start; index < end; index += 1) {
      const p = (reference[index] as number) / total;
      if (p === 0) continue;
      // A level spreads over the bins that had values; where none is left the divergence would be infinite.
      const q = Math.max(sum / filled / keptTotal, 1e-12);
      divergence += p * Math.log(p / q);
    }
  }
  return divergence;
}
