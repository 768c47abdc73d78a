/** Times that a coarse clock gave: all of them are multiples of its step (5 µs in a browser), so medians jump from one multiple to the next. */
import { quantileOfSorted, sortAscending } from './quantile.ts';

/** Steps that are a smaller share of the median than this cannot matter where differences below 1 % do not. */
const SMALLEST_SHARE = 0.0005;
/** Smaller differences are rounding of the same reading, milliseconds. */
const ROUNDING_MS = 1e-7;

/** What the clock shows of these samples: `stepMs` is null where all are equal; null where most differ, as with a fine clock. */
export function readingsOfClock(sorted: ArrayLike<number>): { stepMs: number | null } | null {
  let stepMs = Infinity;
  let differentCount = 1;
  for (let index = 1; index < sorted.length; index += 1) {
    const difference = (sorted[index] as number) - (sorted[index - 1] as number);
    if (difference <= ROUNDING_MS) continue;
    differentCount += 1;
    stepMs = Math.min(stepMs, difference);
  }
  if (differentCount > sorted.length / 2) return null;
  return { stepMs: differentCount === 1 ? null : stepMs };
}

/**
 * The step of the clock, in the unit of the samples, where it is a share of the median that matters; 0 where it is not. Where all samples
 * are equal, it may be as large as they are.
 */
export function coarseClockStep(samples: ArrayLike<number>): number {
  const sorted = sortAscending(samples);
  if (sorted.length === 0) return 0;
  const readings = readingsOfClock(sorted);
  if (readings === null) return 0;
  const middle = quantileOfSorted(sorted, 0.5);
  const step = readings.stepMs ?? middle;
  return step >= SMALLEST_SHARE * middle ? step : 0;
}

/**
 * The mean of a block on a coarse clock. A run that begins at any time between two steps is read too short or too long by less than one of
 * them, and rightly on average: so means tell times between two steps, which medians do not. A sample counts at most as Tukey's far-out
 * fence, whose quartiles are taken to lie a step apart at least: no reading of an undisturbed run lies beyond it.
 *
 * @param values at least one
 */
export function meanOfReadings(values: ArrayLike<number>, step: number): number {
  const sorted = sortAscending(values);
  const upper = quantileOfSorted(sorted, 0.75);
  const fence = upper + 3 * Math.max(step, upper - quantileOfSorted(sorted, 0.25));
  return sorted.reduce((sum, value) => sum + Math.min(value, fence), 0) / sorted.length;
}
