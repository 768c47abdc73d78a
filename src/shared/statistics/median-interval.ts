import { coarseClockStep } from './clock-step.ts';
import { normalCumulative, normalQuantile, studentQuantile } from './distributions.ts';
import { quantileOfSorted, sortAscending } from './quantile.ts';

/** Quantiles further out than this many normal deviates are extrapolated: they would follow outliers, not the median. */
const FURTHEST_DEVIATE = 1.2;
/** Of what independent samples would give: with few blocks their sums can cancel by chance. */
const LEAST_ERROR = 0.5;

/**
 * Interval of the median of samples that come in blocks: quantiles of the samples around one half, as far out as that half is
 * uncertain (Woodruff 1952). How uncertain tells the number of samples below the median, block by block: blocks are the units, because
 * samples of one block share the machine's state. With Student's t for so many blocks.
 *
 * Quantiles follow the shape of the times: the interval is short towards a floor and long towards a tail. It ends beyond the fastest and
 * the slowest sample by no more than they lie apart, as a ratio: few blocks of a machine in turmoil would otherwise give times without sense.
 *
 * Where the clock is coarse (see `clock-step.ts`), a time that it reads as the median may be nearly one step shorter or longer: both ends
 * move out by one.
 *
 * @param blocks samples in milliseconds, block by block, none empty
 * @param stretch widens it by so much (see `median-stretch.ts`)
 * @returns null below two blocks
 */
export function medianInterval(
  blocks: readonly ArrayLike<number>[],
  stretch: number,
): { low: number; high: number } | null {
  const blockCount = blocks.length;
  if (blockCount < 2) return null;
  const sorted = sortAscending(blocks.flatMap((block) => Array.from(block)));
  const count = sorted.length;
  const middle = quantileOfSorted(sorted, 0.5);
  const squares = blocks.reduce((sum, block) => sum + excessBelow(block, middle) ** 2, 0);
  const shareError = Math.max(
    Math.sqrt((blockCount / (blockCount - 1)) * squares) / count,
    (LEAST_ERROR * 0.5) / Math.sqrt(count),
  );
  // In normal deviates, whose density at the centre is 1 / sqrt(2 pi).
  const deviate = stretch * studentQuantile(0.975, blockCount - 1) * shareError * Math.sqrt(2 * Math.PI);
  const furthest = Math.min(FURTHEST_DEVIATE, normalQuantile(1 - 0.5 / count));
  const ratioAt = (sign: number): number => {
    const inner = Math.min(deviate, furthest);
    const ratio = quantileOfSorted(sorted, normalCumulative(sign * inner)) / middle;
    return deviate <= furthest ? ratio : ratio ** (deviate / furthest);
  };
  const least = sorted[0] as number;
  const most = sorted[count - 1] as number;
  const step = coarseClockStep(sorted);
  if (least <= 0) return { low: least, high: most + step };
  return {
    low: Math.max(0, Math.max((least * least) / most, middle * ratioAt(-1)) - step),
    high: Math.min((most * most) / least, middle * ratioAt(1)) + step,
  };
}

/** Half of (samples below the middle less samples above it). */
export function excessBelow(block: ArrayLike<number>, middle: number): number {
  let excess = 0;
  for (let index = 0; index < block.length; index += 1) excess += Math.sign(middle - (block[index] as number)) / 2;
  return excess;
}
