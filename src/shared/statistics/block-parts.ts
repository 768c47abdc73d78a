import { median } from './quantile.ts';

/** The typical time of some samples. */
export type Centre = (values: ArrayLike<number>) => number;

/** More parts would tell little more of the noise, and rest on fewer samples each. */
const MOST_PARTS = 5;
/** In a part of so many samples a single outlier does not count. */
const ROBUST_SAMPLES = 3;
/** Fewer parts would tell too little of the noise. */
const FEWEST_PARTS = 3;
/** Of a clock that stood still, milliseconds. */
const SHORTEST_MS = 1e-6;

/**
 * What each block says several times over: the logarithms of the medians of its interleaved parts (with three parts, samples 0, 3, 6,
 * …, then 1, 4, 7, …). How parts of one block differ is noise of single samples; how blocks differ beyond it is the machine. Parts
 * are interleaved, so that what changes slowly within a block is not taken for noise.
 *
 * @param blocks samples in milliseconds, each block at least `partCount`
 */
export function blockParts(
  blocks: readonly ArrayLike<number>[],
  { partCount = partCountOf(blocks), centre = median }: { partCount?: number; centre?: Centre } = {},
): number[][] {
  return blocks.map((block) => {
    const parts = Array.from({ length: partCount }, (): number[] => []);
    for (let index = 0; index < block.length; index += 1) parts[index % partCount]?.push(block[index] as number);
    return parts.map((part) => Math.log(Math.max(SHORTEST_MS, centre(part))));
  });
}

/** The same of paired blocks' ratios, first over second. @param centres of the first, and of the second of each pair */
export function ratioParts(
  pairs: readonly (readonly [ArrayLike<number>, ArrayLike<number>])[],
  centres: readonly [Centre, Centre] = [median, median],
): number[][] {
  const partCount = partCountOf(pairs.flat());
  const partsOf = (side: 0 | 1): number[][] =>
    blockParts(
      pairs.map((pair) => pair[side]),
      { partCount, centre: centres[side] },
    );
  const second = partsOf(1);
  return partsOf(0).map((parts, block) => parts.map((value, part) => value - (second[block]?.[part] as number)));
}

/** As many as the shortest block has threes of samples, but three at least where it has so many samples, and five at most. */
function partCountOf(blocks: readonly ArrayLike<number>[]): number {
  const fewest = blocks.reduce((least, block) => Math.min(least, block.length), Infinity);
  const robust = Math.floor(fewest / ROBUST_SAMPLES);
  return Math.min(fewest, Math.max(FEWEST_PARTS, Math.min(MOST_PARTS, robust)));
}
