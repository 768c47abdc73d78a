/** Whether a number that was measured again lies where it was expected. */
import { z } from 'zod';
import { SMALLEST_DIFFERENCE_OF_INTEREST } from './statistics/compare-blocks.ts';

const intervalSchema = z.object({ estimate: z.number(), ciLow: z.number().nullable(), ciHigh: z.number().nullable() });
export type Interval = z.infer<typeof intervalSchema>;

/** `unknown`: one of the two has no interval, or no result at all. */
export const repeatVerdictSchema = z.enum(['inside', 'outside', 'unknown']);
export type RepeatVerdict = z.infer<typeof repeatVerdictSchema>;

export const judgedSchema = z.object({
  original: intervalSchema.nullable(),
  repeat: intervalSchema.nullable(),
  /** Where the repeat had to lie, 95 times in 100, if nothing changed; null without intervals. */
  expected: z.object({ low: z.number(), high: z.number() }).nullable(),
  verdict: repeatVerdictSchema,
});
export type Judged = z.infer<typeof judgedSchema>;

/**
 * A repeat differs from the original by the chance of both, so it is held against both intervals: log(repeat / original) may be
 * as large as the root of the sum of the squared half widths on the sides that face each other (prediction interval of a
 * replication, Spence & Stanley 2016). The original's interval alone would hold only 83 of 100 faithful repeats. Differences
 * below the smallest one of interest (a share: 0.01 is 1 %) are never outside.
 */
export function judge(
  original: Interval | null,
  repeat: Interval | null,
  smallestDifference = SMALLEST_DIFFERENCE_OF_INTEREST,
): Judged {
  const unknown: Judged = { original, repeat, expected: null, verdict: 'unknown' };
  if (!original || !repeat) return unknown;
  if (original.ciLow === null || original.ciHigh === null || repeat.ciLow === null || repeat.ciHigh === null) {
    return unknown;
  }
  const upwards = Math.hypot(Math.log(original.ciHigh / original.estimate), Math.log(repeat.estimate / repeat.ciLow));
  const downwards = Math.hypot(Math.log(original.estimate / original.ciLow), Math.log(repeat.ciHigh / repeat.estimate));
  const smallest = Math.log(1 + smallestDifference);
  const expected = {
    low: original.estimate * Math.exp(-Math.max(downwards, smallest)),
    high: original.estimate * Math.exp(Math.max(upwards, smallest)),
  };
  const isInside = expected.low <= repeat.estimate && repeat.estimate <= expected.high;
  return { original, repeat, expected, verdict: isInside ? 'inside' : 'outside' };
}
