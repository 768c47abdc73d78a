/** Whether a run goes at two speeds, each of which is a typical one: then its median says little. */
import type { SampleBlock } from '../run.ts';
import { dipOf } from './dip.ts';
import { median, sortAscending } from './quantile.ts';
import { ranksOf, serialCorrelation } from './serial-dependence.ts';

/** Speeds closer than this do no harm. */
const SMALLEST_GAP = 0.02;
/** A speed that fewer samples have is a matter of outliers. */
const SMALLEST_SHARE = 0.15;
/** √n · dip that one in a hundred uniform samples exceeds, for n from 10 to 5,000 (0.49 to 0.525, by simulation). */
const CRITICAL_DIP = 0.525;
/** Below this the critical value was not looked at, and no dip of that many values could be told from chance. */
const FEWEST_VALUES = 10;
/** More samples make it slow, and small dips significant that nobody cares for. */
const MOST_SAMPLES = 2000;
/** Logarithms closer than this are roundings of the same reading. */
const SMALLEST_STEP = 1e-9;
const LARGEST_CORRELATION = 0.9;

export type TwoSpeeds = { fastMs: number; slowMs: number; slowShare: number };

/**
 * Hartigan's dip test at 1 % against the uniform distribution, the hardest with one mode. Samples of one block share a speed, and
 * neighbouring blocks resemble each other, so it counts only as many samples as would be independent.
 *
 * @param blocks none of them empty
 * @returns null where one speed explains the samples, or the two are within 2 %
 */
export function findTwoSpeeds(blocks: readonly Pick<SampleBlock, 'samplesMs'>[]): TwoSpeeds | null {
  // Where whole blocks change their speed, their medians tell it more sharply than samples with their own noise.
  return testSpeeds(blocks) ?? testSpeeds(blocks.map(({ samplesMs }) => ({ samplesMs: [median(samplesMs)] })));
}

function testSpeeds(blocks: readonly Pick<SampleBlock, 'samplesMs'>[]): TwoSpeeds | null {
  const count = blocks.reduce((sum, { samplesMs }) => sum + samplesMs.length, 0);
  const step = Math.ceil(count / MOST_SAMPLES);
  const kept = blocks
    .map(({ samplesMs }) => samplesMs.filter((_, index) => index % step === 0).map(Math.log))
    .filter((values) => values.length > 0);
  const sorted = sortAscending(kept.flat());
  if (sorted.length < FEWEST_VALUES) return null;
  const speeds = splitSpeeds(sorted);
  if (speeds === null) return null;
  return Math.sqrt(independentCount(kept)) * dipOf(spreadTies(sorted)) > CRITICAL_DIP ? speeds : null;
}

/** A coarse clock gives many equal values, which would look like as many modes: they are laid out evenly over the clock's step. */
function spreadTies(sorted: Float64Array): Float64Array {
  const steps = sorted.subarray(1).map((value, index) => value - (sorted[index] as number));
  const smallest = Math.min(...steps.filter((step) => step > SMALLEST_STEP));
  const spread = Float64Array.from(sorted);
  for (let first = 0; first < sorted.length;) {
    let last = first;
    while (last + 1 < sorted.length && (sorted[last + 1] as number) - (sorted[first] as number) <= SMALLEST_STEP)
      last += 1;
    const count = last - first + 1;
    for (let index = first; index <= last; index += 1) {
      spread[index] = (sorted[first] as number) + ((index - first + 0.5) / count - 0.5) * smallest;
    }
    first = last + 1;
  }
  return spread;
}

/** The split into two groups with the least variance within them (Otsu's criterion). */
function splitSpeeds(sortedLogs: Float64Array): TwoSpeeds | null {
  const count = sortedLogs.length;
  const total = sortedLogs.reduce((sum, value) => sum + value, 0);
  let best = 0;
  let bestBetween = -1;
  let sum = 0;
  for (let size = 1; size < count; size += 1) {
    sum += sortedLogs[size - 1] as number;
    const between = (sum - (size * total) / count) ** 2 / (size * (count - size));
    if (between > bestBetween) [best, bestBetween] = [size, between];
  }
  const fast = median(sortedLogs.subarray(0, best));
  const slow = median(sortedLogs.subarray(best));
  const slowShare = 1 - best / count;
  if (slow - fast < SMALLEST_GAP || Math.min(slowShare, 1 - slowShare) < SMALLEST_SHARE) return null;
  return { fastMs: Math.exp(fast), slowMs: Math.exp(slow), slowShare };
}

/**
 * How many independent samples say as much: the design effect of clusters, 1 + (m − 1) · (share of the variance that lies between
 * blocks) by ranks (Kish 1965, Survey sampling), with the variance inflation of blocks that resemble their neighbours.
 */
function independentCount(blocks: readonly (readonly number[])[]): number {
  const ranks = ranksOf(blocks.flat());
  const count = ranks.length;
  const centre = (count - 1) / 2;
  let start = 0;
  let between = 0;
  let within = 0;
  for (const { length } of blocks) {
    const own = ranks.slice(start, start + length);
    const mean = own.reduce((sum, rank) => sum + rank, 0) / length;
    between += length * (mean - centre) ** 2;
    within += own.reduce((sum, rank) => sum + (rank - mean) ** 2, 0);
    start += length;
  }
  const size = count / blocks.length;
  const betweenMean = between / Math.max(1, blocks.length - 1);
  const withinMean = within / Math.max(1, count - blocks.length);
  const shared = size > 1 ? Math.max(0, (betweenMean - withinMean) / (betweenMean + (size - 1) * withinMean)) : 1;
  const correlation = Math.min(LARGEST_CORRELATION, Math.max(0, serialCorrelation(blocks.map(median)) ?? 0));
  const inflation = (1 + correlation) / (1 - correlation);
  return count / Math.max(1, 1 + (size * inflation - 1) * shared);
}
