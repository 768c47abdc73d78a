/** Samples far from the rest, sorted by kind. None is ever dropped. */
import type { Outliers, SampleBlock } from '../run.ts';
import { quantileOfSorted, sortAscending } from './quantile.ts';

/** A quarter of a percent of the median guards against clocks so coarse that the quartiles coincide. */
const SMALLEST_RANGE = 0.0025;
const MILD = 1.5;
const SEVERE = 3;

/**
 * Tukey's fences (Tukey 1977, Exploratory data analysis): beyond 1.5 interquartile ranges from the quartiles is mild, beyond 3
 * severe. A severe one above the rest belongs to a burst when the sample before or after it in its block is one too.
 *
 * @param blocks with at least one sample
 */
export function classifyOutliers(blocks: readonly Pick<SampleBlock, 'samplesMs'>[]): Outliers {
  const sorted = sortAscending(blocks.flatMap(({ samplesMs }) => samplesMs));
  const lower = quantileOfSorted(sorted, 0.25);
  const upper = quantileOfSorted(sorted, 0.75);
  const range = Math.max(upper - lower, SMALLEST_RANGE * quantileOfSorted(sorted, 0.5));
  const isFarAbove = (value: number | undefined): boolean => value !== undefined && value > upper + SEVERE * range;
  const counts: Outliers = { mildAbove: 0, severeAbove: 0, mildBelow: 0, severeBelow: 0, inBursts: 0 };
  for (const { samplesMs } of blocks) {
    for (const [index, value] of samplesMs.entries()) {
      if (isFarAbove(value)) {
        counts.severeAbove += 1;
        if (isFarAbove(samplesMs[index - 1]) || isFarAbove(samplesMs[index + 1])) counts.inBursts += 1;
      } else if (value > upper + MILD * range) counts.mildAbove += 1;
      else if (value < lower - SEVERE * range) counts.severeBelow += 1;
      else if (value < lower - MILD * range) counts.mildBelow += 1;
    }
  }
  return counts;
}
