/** How many of a run's samples a chart of their distribution draws. */

export const MOST_DOTS = 240;
/** Fewer samples have no middle half worth a box. */
export const FEWEST_FOR_BOX = 5;

/** @param sorted ascending. @returns at most `count` values, evenly spaced by rank, smallest and largest included */
export function thinSamples(sorted: Float64Array, count: number): number[] {
  if (sorted.length <= count) return [...sorted];
  return Array.from(
    { length: count },
    (_, index) => sorted[Math.round((index * (sorted.length - 1)) / (count - 1))] as number,
  );
}

/** @param mostSamples of the run that has the most */
export function dotsRemark(mostSamples: number): string {
  return mostSamples > MOST_DOTS
    ? `Where a run has more than ${MOST_DOTS} samples, ${MOST_DOTS} of them are drawn: evenly spaced by rank, the smallest and the largest among them.`
    : 'Every sample is drawn.';
}
