import type { Comparison, SampleBlock } from '../run.ts';
import { type Centre, ratioParts } from './block-parts.ts';
import { coarseClockStep, meanOfReadings } from './clock-step.ts';
import { dependenceStretch } from './dependence-stretch.ts';
import { intervalConfidence } from './interval-confidence.ts';
import { confidenceOf } from './looks.ts';
import { median } from './quantile.ts';
import { signedRankInterval } from './signed-rank.ts';

/** Smaller differences are called indistinguishable even when the interval excludes "equal", where the plan names no other. */
export const SMALLEST_DIFFERENCE_OF_INTEREST = 0.01;

/**
 * How much faster the candidate is than the baseline, from paired blocks.
 *
 * Blocks of one interleaving round were measured back to back, so slow drift of the machine hits both and cancels in their
 * ratio. Each round gives one log ratio of block medians; the estimate is their Hodges–Lehmann centre and the interval
 * the one of Wilcoxon's signed-rank test (see `signed-rank.ts`), widened by how much rounds may depend on one
 * another (see `dependence-stretch.ts`), and where results were looked at before the end (see `looks.ts`).
 *
 * Where the clock is coarse (see `clock-step.ts`), blocks' means take the place of their medians, and both ends move out by what so many
 * readings leave open. There is no interval where blocks are shorter than the clock can tell.
 *
 * @param options.looks numbers of the rounds before which results were looked at; none when the time alone ended measuring
 * @param options.smallestDifference of interest, as a share: 0.01 is 1 %
 * @returns null when no round holds samples of both, or the clock stood still in all of one
 */
export function compareBlocks(
  baseline: readonly SampleBlock[],
  candidate: readonly SampleBlock[],
  options: { looks?: readonly number[]; smallestDifference?: number } = {},
): Pick<Comparison, 'speedup' | 'verdict' | 'pairCount'> | null {
  const baselineSamples = samplesByRound(baseline);
  const pairs = [...samplesByRound(candidate)].flatMap(([round, candidateMs]) => {
    const baselineMs = baselineSamples.get(round);
    return baselineMs === undefined ? [] : [{ round, samples: [baselineMs, candidateMs] as const }];
  });
  if (pairs.length === 0) return null;
  const samples = pairs.map((pair) => pair.samples);
  const [first, second] = readSides(samples);
  const centres = samples.map(
    ([baselineMs, candidateMs]) => [first.centre(baselineMs), second.centre(candidateMs)] as const,
  );
  if (centres.flat().includes(0)) return compareTotals(centres);
  const logRatios = centres.map(([baselineMs, candidateMs]) => Math.log(baselineMs / candidateMs));
  const confidence = confidenceOf(
    pairs.map(({ round }) => round),
    options.looks ?? [],
  );
  const { estimate, low, high } = signedRankInterval(logRatios, confidence);
  const stretch = dependenceStretch(ratioParts(samples, [first.centre, second.centre]), { kind: 'ratios', confidence });
  const openShare = first.openShare + second.openShare;
  const speedup = {
    estimate: Math.exp(estimate),
    ciLow: low === null ? null : Math.exp(estimate - stretch * (estimate - low) - openShare),
    ciHigh: high === null ? null : Math.exp(estimate + stretch * (high - estimate) + openShare),
    confidence: low === null ? null : intervalConfidence(pairs.length, confidence),
  };
  return { speedup, verdict: judgeSpeedup(speedup, options.smallestDifference), pairCount: logRatios.length };
}

type Pair = readonly [baselineMs: number[], candidateMs: number[]];
/** `openShare`: how far the clock leaves the time open, as a share of it. */
type Side = { centre: Centre; openShare: number };

/** Both by medians, or both by means where the clock is too coarse for one of them. */
function readSides(pairs: readonly Pair[]): readonly [Side, Side] {
  const sides = [pairs.flatMap((pair) => pair[0]), pairs.flatMap((pair) => pair[1])] as const;
  const steps = [coarseClockStep(sides[0]), coarseClockStep(sides[1])] as const;
  const fine: Side = { centre: median, openShare: 0 };
  if (steps[0] === 0 && steps[1] === 0) return [fine, fine];
  return [sideOnClock(sides[0], steps[0]), sideOnClock(sides[1], steps[1])];
}

/**
 * Of n readings that never, or always, showed one step more, up to 3 in n would do so in truth (“rule of three”: Hanley & Lippman-Hand
 * 1983). So equal readings are no proof of equal times.
 */
function sideOnClock(samplesMs: readonly number[], step: number): Side {
  const totalMs = samplesMs.reduce((sum, value) => sum + value, 0);
  return {
    centre: (values) => meanOfReadings(values, step),
    openShare: totalMs === 0 ? 0 : (3 * step) / totalMs,
  };
}

/** Where the clock stood still in whole blocks: the ratio of all time, of which nothing is claimed. */
function compareTotals(centres: readonly (readonly [number, number])[]): ReturnType<typeof compareBlocks> {
  const baselineMs = centres.reduce((sum, centre) => sum + centre[0], 0);
  const candidateMs = centres.reduce((sum, centre) => sum + centre[1], 0);
  if (baselineMs === 0 || candidateMs === 0) return null;
  const speedup = { estimate: baselineMs / candidateMs, ciLow: null, ciHigh: null, confidence: null };
  return { speedup, verdict: judgeSpeedup(speedup), pairCount: centres.length };
}

function judgeSpeedup(
  speedup: Comparison['speedup'],
  smallestDifference = SMALLEST_DIFFERENCE_OF_INTEREST,
): Comparison['verdict'] {
  const threshold = 1 + smallestDifference;
  if (speedup.ciLow !== null && speedup.ciLow > 1 && speedup.estimate >= threshold) return 'faster';
  if (speedup.ciHigh !== null && speedup.ciHigh < 1 && speedup.estimate <= 1 / threshold) return 'slower';
  return 'indistinguishable';
}

/**
 * Whether measuring on could change what is said: the verdict is faster or slower, or the whole interval lies within the
 * smallest difference of interest, or it is as narrow as was asked for.
 * @param precision half of the interval's width, as a share: 0.005 is ± 0.5 %
 */
export function isDecided(
  { speedup, verdict }: Pick<Comparison, 'speedup' | 'verdict'>,
  precision: number,
  smallestDifference = SMALLEST_DIFFERENCE_OF_INTEREST,
): boolean {
  const { ciLow, ciHigh } = speedup;
  if (ciLow === null || ciHigh === null) return false;
  if (verdict !== 'indistinguishable') return true;
  const threshold = 1 + smallestDifference;
  return (ciLow >= 1 / threshold && ciHigh <= threshold) || Math.log(ciHigh / ciLow) / 2 <= precision;
}

/** Rounds without a sample are left out. */
function samplesByRound(blocks: readonly SampleBlock[]): Map<number, number[]> {
  const samples = new Map<number, number[]>();
  for (const block of blocks) {
    if (block.samplesMs.length > 0) samples.set(block.round, [...(samples.get(block.round) ?? []), ...block.samplesMs]);
  }
  return samples;
}
