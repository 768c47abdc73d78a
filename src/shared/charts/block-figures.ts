/** What a chart of latency over the rounds shows of each block, and on which scale. */
import type { SampleBlock } from '../run.ts';
import { quantileOfSorted, sortAscending } from '../statistics/quantile.ts';
import { extent } from './scale.ts';

/** The axis spans at least this share of the run's median to either side, so that noise does not look like drift. */
const SMALLEST_SPAN = 0.1;

/** Quartiles of one block, milliseconds. */
export type BlockFigures = { round: number; lower: number; median: number; upper: number };

/** In the order of the rounds; blocks without samples are left out. */
export function blockFigures(blocks: readonly SampleBlock[]): BlockFigures[] {
  return blocks
    .filter((block) => block.samplesMs.length > 0)
    .toSorted((a, b) => a.round - b.round)
    .map(({ round, samplesMs }) => {
      const sorted = sortAscending(samplesMs);
      return {
        round,
        lower: quantileOfSorted(sorted, 0.25),
        median: quantileOfSorted(sorted, 0.5),
        upper: quantileOfSorted(sorted, 0.75),
      };
    });
}

/** @param medianMs of the whole run */
export function driftDomain(
  medianMs: number,
  figures: readonly Pick<BlockFigures, 'lower' | 'upper'>[],
): [number, number] {
  const [low, high] = extent([
    medianMs * (1 - SMALLEST_SPAN),
    medianMs * (1 + SMALLEST_SPAN),
    ...figures.flatMap(({ lower, upper }) => [lower, upper]),
  ]);
  const margin = (high - low) * 0.06;
  // Where a few blocks are far slower, the margin would begin below zero, where no time is.
  return [Math.max(low - margin, low / 2), high + margin];
}
