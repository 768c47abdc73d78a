import type { Comparison, SampleBlock } from '../run.ts';
import { ratioParts } from './block-parts.ts';
import { dependenceStretch } from './dependence-stretch.ts';
import { confidenceOf } from './looks.ts';
import { median } from './quantile.ts';
import { signedRankInterval } from './signed-rank.ts';

/** Differences below 1 % are called indistinguishable even when the interval excludes "equal". */
export const SMALLEST_DIFFERENCE_OF_INTEREST = 0.01;

/**
 * How much faster the candidate is than the baseline, from paired blocks.
 *
 * Blocks of one interleaving round were measured back to back, so slow drift of the machine hits both and cancels in their
 * ratio. Each round gives one log ratio of block medians; the estimate is their Hodges–Lehmann centre and the 95 % interval
 * the one of Wilcoxon's signed-rank test (see `signed-rank.ts`), widened by how much rounds may depend on one
 * another (see `dependence-stretch.ts`), and where results were looked at before the end (see `looks.ts`).
 *
 * @param options.looks numbers of the rounds before which results were looked at; none when the time alone ended measuring
 * @returns null when no round holds samples of both
 */
export function compareBlocks(
  baseline: readonly SampleBlock[],
  candidate: readonly SampleBlock[],
  options: { looks?: readonly number[] } = {},
): Pick<Comparison, 'speedup' | 'verdict' | 'pairCount'> | null {
  const baselineSamples = samplesByRound(baseline);
  const pairs = [...samplesByRound(candidate)].flatMap(([round, candidateMs]) => {
    const baselineMs = baselineSamples.get(round);
    return baselineMs === undefined ? [] : [{ round, samples: [baselineMs, candidateMs] as const }];
  });
  if (pairs.length === 0) return null;
  const logRatios = pairs.map(({ samples }) => Math.log(median(samples[0]) / median(samples[1])));
  const confidence = confidenceOf(
    pairs.map(({ round }) => round),
    options.looks ?? [],
  );
  const { estimate, low, high } = signedRankInterval(logRatios, confidence);
  const stretch = dependenceStretch(ratioParts(pairs.map(({ samples }) => samples)), { kind: 'ratios', confidence });
  const speedup = {
    estimate: Math.exp(estimate),
    ciLow: low === null ? null : Math.exp(estimate - stretch * (estimate - low)),
    ciHigh: high === null ? null : Math.exp(estimate + stretch * (high - estimate)),
  };
  return { speedup, verdict: judgeSpeedup(speedup), pairCount: logRatios.length };
}

export function judgeSpeedup(speedup: Comparison['speedup']): Comparison['verdict'] {
  const threshold = 1 + SMALLEST_DIFFERENCE_OF_INTEREST;
  if (speedup.ciLow !== null && speedup.ciLow > 1 && speedup.estimate >= threshold) return 'faster';
  if (speedup.ciHigh !== null && speedup.ciHigh < 1 && speedup.estimate <= 1 / threshold) return 'slower';
  return 'indistinguishable';
}

/**
 * Whether measuring on could change what is said: the verdict is faster or slower, or the whole interval lies within the
 * smallest difference of interest, or it is as narrow as was asked for.
 * @param precision half of the interval's width, as a share: 0.005 is ± 0.5 %
 */
export function isDecided({ speedup, verdict }: Pick<Comparison, 'speedup' | 'verdict'>, precision: number): boolean {
  const { ciLow, ciHigh } = speedup;
  if (ciLow === null || ciHigh === null) return false;
  if (verdict !== 'indistinguishable') return true;
  const threshold = 1 + SMALLEST_DIFFERENCE_OF_INTEREST;
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
