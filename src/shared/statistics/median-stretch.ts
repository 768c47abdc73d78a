import { blockParts } from './block-parts.ts';
import { dependenceStretch } from './dependence-stretch.ts';
import { excessBelow } from './median-interval.ts';
import { median } from './quantile.ts';

/**
 * By how much the interval of a run's median (see `median-interval.ts`) has to be widened for what its blocks have to do with one another, or
 * narrowed where they follow a trend (see `dependence-stretch.ts`).
 *
 * @param blocks samples in milliseconds, block by block in the order measured, none empty
 */
export function medianStretch(blocks: readonly ArrayLike<number>[]): number {
  return dependenceStretch(blockParts(blocks), { kind: 'times', noiseShare: noiseShareOf(blocks) });
}

/** Of the standard error of the number of samples below the median, what samples that are independent within their blocks make (binomial). */
function noiseShareOf(blocks: readonly ArrayLike<number>[]): number | null {
  const middle = median(blocks.flatMap((block) => Array.from(block)));
  let noise = 0;
  let squares = 0;
  for (const block of blocks) {
    if (block.length < 2) return null;
    const excess = excessBelow(block, middle);
    squares += excess ** 2;
    noise += (block.length ** 2 / 4 - excess ** 2) / (block.length - 1);
  }
  return squares === 0 ? null : Math.min(1, Math.sqrt(noise / squares));
}
