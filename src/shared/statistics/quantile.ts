/** Sorts numbers ascending into a new array. */
export function sortAscending(values: ArrayLike<number>): Float64Array {
  return new Float64Array(values).sort();
}

/**
 * Quantile by linear interpolation between order statistics (Hyndman & Fan 1996, type 7).
 *
 * @param sorted ascending values, at least one
 * @param probability 0..1
 */
export function quantileOfSorted(sorted: ArrayLike<number>, probability: number): number {
  if (sorted.length === 0) throw new RangeError('A quantile needs at least one value.');
  const position = (sorted.length - 1) * probability;
  const below = Math.floor(position);
  const lower = sorted[below] as number;
  const upper = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return lower + (upper - lower) * (position - below);
}

export function median(values: ArrayLike<number>): number {
  return quantileOfSorted(sortAscending(values), 0.5);
}

/** Median absolute deviation from the median, unscaled. */
export function medianAbsoluteDeviation(values: ArrayLike<number>): number {
  const center = median(values);
  return median(Float64Array.from(values, (value) => Math.abs(value - center)));
}

/**
 * The smallest sample count at which, with the given confidence, at least two samples lie beyond the percentile:
 * P(Binomial(n, 1 - probability) <= 1) <= 1 - confidence. At 99 %: p50 11, p90 64, p95 130, p99 662.
 * Below it the percentile would rest on one sample or none, and is not claimed.
 */
export function minimumSampleCount(probability: number, confidence = 0.99): number {
  const tail = 1 - probability;
  let count = 2;
  while (probability ** count + count * tail * probability ** (count - 1) > 1 - confidence) count += 1;
  return count;
}

/** A percentile, or null when the sample count cannot support it at 99 % confidence. */
export function supportedPercentile(sorted: ArrayLike<number>, probability: number): number | null {
  return sorted.length < minimumSampleCount(probability) ? null : quantileOfSorted(sorted, probability);
}
