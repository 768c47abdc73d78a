import type { Comparison, SampleBlock } from '../run.ts';
import { confidenceOf } from './looks.ts';
import { median } from './quantile.ts';
import { dependenceStretch } from './serial-dependence.ts';
import { signedRankInterval } from './signed-rank.ts';

/** Differences below 1 % are called indistinguishable even when the interval excludes "equal". */
export const SMALLEST_DIFFERENCE_OF_INTEREST = 0.01;

/**
 * How much faster the candidate is than the baseline, from paired blocks.
 *
 * Blocks of one interleaving round were measured back to back, so slow drift of the machine hits both and cancels in their
 * ratio. Each round gives one log ratio of block medians; the estimate is their Hodges–Lehmann centre and the 95 % interval
 * the one of Wilcoxon's signed-rank test (see `signed-rank.ts`), widened by how much rounds may depend on one
 * another (see `serial-dependence.ts`), and where results were looked at before the end (see `looks.ts`).
 *
 * @param options.looks numbers of the rounds before which results were looked at; none when the time alone ended measuring
 * @returns null when no round holds samples of both
 */
export function compareBlocks(
  baseline: readonly SampleBlock[],
  candidate: readonly SampleBlock[],
  options: { looks?: readonly number[] } = {},
): Pick<Comparison, 'speedup' | 'verdict' | 'pairCount'> | null {
  const baselineMedians = mediansByRound(baseline);
  const pairs = [...mediansByRound(candidate)].flatMap(([round, candidateMs]) => {
    const baselineMs = baselineMedians.get(round);
    return baselineMs === undefined ? [] : [{ round, logRatio: Math.log(baselineMs / candidateMs) }];
  });
  if (pairs.length === 0) return null;
  const logRatios = pairs.map(({ logRatio }) => logRatio);
  const rounds = pairs.map(({ round }) => round);
  const { estimate, low, high } = signedRankInterval(logRatios, confidenceOf(rounds, options.looks ?? []));
  const stretch = dependenceStretch(logRatios, 'ratios');
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

function mediansByRound(blocks: readonly SampleBlock[]): Map<number, number> {
  const samplesByRound = new Map<number, number[]>();
  for (const block of blocks) {
    samplesByRound.set(block.round, [...(samplesByRound.get(block.round) ?? []), ...block.samplesMs]);
  }
  return new Map(
    [...samplesByRound].filter(([, samples]) => samples.length > 0).map(([round, samples]) => [round, median(samples)]),
  );
}
