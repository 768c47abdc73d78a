/** Of what the error is; less is the rounding of doubles. */
const LEAST_GAIN = 1e-9;

/**
 * Goes once through integers of one output that share a scale, and moves each to where the error e ᵀ H e is least with all others as they are.
 * Source: Nagel et al. 2020, "Up or down? Adaptive rounding for post-training quantization", equation 13 for the objective; here it
 * is descended on directly instead of through a relaxation.
 * @param integers `count` of them from `at` on, changed in place: those of the inputs from `first` on
 * @param about.curvature H: `[width, width]`, symmetric and positive definite
 * @param about.slopes H e, half of how the error falls when a weight grows, from `slopesAt` on: of `seenCount` inputs from `seenFirst` on, those
 *   that move among them; kept right
 * @param about.step what a weight grows by with its integer, which may be negative
 * @returns whether any moved
 */
export function moveIntegers(
  integers: Uint8Array,
  at: number,
  about: {
    curvature: Float64Array;
    width: number;
    first: number;
    count: number;
    slopes: Float64Array;
    slopesAt: number;
    seenFirst: number;
    seenCount: number;
    step: number;
    lowest: number;
    highest: number;
  },
): boolean {
  const { curvature, width, first, count, slopes, slopesAt, seenFirst, seenCount, step, lowest, highest } = about;
  let hasMoved = false;
  for (let index = 0; index < count; index += 1) {
    const row = (first + index) * width;
    const own = curvature[row + first + index] as number;
    const slope = slopes[slopesAt + first - seenFirst + index] as number;
    const integer = integers[at + index] as number;
    const wished = integer + Math.round(slope / (step * own));
    const change = Math.max(lowest, Math.min(highest, wished)) - integer;
    const distance = change * step;
    if (change === 0 || distance * (2 * slope - distance * own) <= LEAST_GAIN * own * step * step) continue;
    integers[at + index] = integer + change;
    const from = row + seenFirst;
    for (let other = 0; other < seenCount; other += 1) {
      slopes[slopesAt + other] = (slopes[slopesAt + other] as number) - distance * (curvature[from + other] as number);
    }
    hasMoved = true;
  }
  return hasMoved;
}
