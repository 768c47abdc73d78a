/**
 * What one tensor's values looked like over all calibration items: a histogram around zero whose bins widen by themselves, so that
 * one reading of the data is enough and memory does not grow with it.
 */

/** On each side of zero. Widths are powers of two: after widening between half of them and all are in use. */
const BINS_PER_SIDE = 4096;

export type ActivationHistogram = {
  /** Smallest and largest finite value seen; 0 before anything was seen. */
  minimum: number;
  maximum: number;
  /** Mean over batches of each batch's extremes. */
  meanMinimum: number;
  meanMaximum: number;
  batchCount: number;
  valueCount: number;
  nonFiniteCount: number;
  /** Of one bin; a power of two. Bin `i` holds values from `(i - BINS_PER_SIDE) * binWidth` up to the next one. */
  binWidth: number;
  counts: Float64Array;
};

export function createHistogram(): ActivationHistogram {
  return {
    minimum: 0,
    maximum: 0,
    meanMinimum: 0,
    meanMaximum: 0,
    batchCount: 0,
    valueCount: 0,
    nonFiniteCount: 0,
    binWidth: 0,
    counts: new Float64Array(2 * BINS_PER_SIDE),
  };
}

/** Adds one batch. Values that are not finite are counted and left out. */
export function addValues(histogram: ActivationHistogram, values: Float32Array): void {
  const { low, high, nonFiniteCount } = findExtremes(values);
  const finiteCount = values.length - nonFiniteCount;
  histogram.nonFiniteCount += nonFiniteCount;
  if (finiteCount === 0) return;
  const isFirst = histogram.valueCount === 0;
  histogram.minimum = isFirst ? low : Math.min(histogram.minimum, low);
  histogram.maximum = isFirst ? high : Math.max(histogram.maximum, high);
  histogram.batchCount += 1;
  histogram.meanMinimum += (low - histogram.meanMinimum) / histogram.batchCount;
  histogram.meanMaximum += (high - histogram.meanMaximum) / histogram.batchCount;
  histogram.valueCount += finiteCount;
  widenTo(histogram, Math.max(-low, high));
  countInto(histogram, values, nonFiniteCount > 0);
}

function findExtremes(values: Float32Array): { low: number; high: number; nonFiniteCount: number } {
  let low = Infinity;
  let high = -Infinity;
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number;
    sum += value;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  // One value that is not finite makes the sum so, and only then a second look is needed.
  if (Number.isFinite(sum)) return { low, high, nonFiniteCount: 0 };
  low = Infinity;
  high = -Infinity;
  let nonFiniteCount = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) {
      nonFiniteCount += 1;
      continue;
    }
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { low, high, nonFiniteCount };
}

/** Doubles the bins' width, by joining neighbours, until `magnitude` falls into one. */
function widenTo(histogram: ActivationHistogram, magnitude: number): void {
  if (magnitude === 0 && histogram.binWidth === 0) return;
  if (histogram.binWidth === 0) {
    // The smallest power of two that fits; not below the smallest float32, whose inverse would be infinite.
    histogram.binWidth = Math.max(2 ** Math.ceil(Math.log2(magnitude / (BINS_PER_SIDE - 1))), 2 ** -126);
  }
  while (magnitude >= histogram.binWidth * BINS_PER_SIDE) {
    const { counts } = histogram;
    const joined = new Float64Array(counts.length);
    for (let index = 0; index < BINS_PER_SIDE / 2; index += 1) {
      joined[BINS_PER_SIDE + index] =
        (counts[BINS_PER_SIDE + 2 * index] as number) + (counts[BINS_PER_SIDE + 2 * index + 1] as number);
      joined[BINS_PER_SIDE - 1 - index] =
        (counts[BINS_PER_SIDE - 1 - 2 * index] as number) + (counts[BINS_PER_SIDE - 2 - 2 * index] as number);
    }
    histogram.counts = joined;
    histogram.binWidth *= 2;
  }
}

function countInto(histogram: ActivationHistogram, values: Float32Array, hasNonFinite: boolean): void {
  const { counts, binWidth } = histogram;
  if (binWidth === 0) {
    counts[BINS_PER_SIDE] = histogram.valueCount;
    return;
  }
  const inverse = 1 / binWidth;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number;
    if (hasNonFinite && !Number.isFinite(value)) continue;
    // Truncation of a positive number is its floor.
    const bin = (value * inverse + BINS_PER_SIDE) | 0;
    counts[bin] = (counts[bin] as number) + 1;
  }
}

/** The part of the histogram that is in use: the middle of each bin and how many values fell into it, by rising value. */
export function binsOf({ counts, binWidth }: ActivationHistogram): { centers: Float64Array; counts: Float64Array } {
  let first = 0;
  while (first < counts.length && counts[first] === 0) first += 1;
  let last = counts.length - 1;
  while (last >= 0 && counts[last] === 0) last -= 1;
  if (last < 0) first = last = BINS_PER_SIDE;
  const centers = new Float64Array(last + 1 - first);
  for (let index = 0; index < centers.length; index += 1) {
    centers[index] = (first + index - BINS_PER_SIDE + 0.5) * binWidth;
  }
  return { centers, counts: counts.subarray(first, last + 1) };
}
