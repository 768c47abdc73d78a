/** Counts what the intervals of src/shared/statistics do in one simulated world. */
import { compareBlocks } from '#shared/statistics/compare-blocks.ts';
import { medianInterval } from '#shared/statistics/median-interval.ts';
import { median } from '#shared/statistics/quantile.ts';
import { createRandom } from '#shared/statistics/random.ts';
import { signedRankInterval } from '#shared/statistics/signed-rank.ts';
import { summarizeLatency } from '#shared/statistics/summarize-latency.ts';
import { trueMedianMs, trueRatio } from './truth.ts';
import { holds, simulate, type World } from './worlds.ts';

export type SimulatedSize = { roundCount: number; samplesPerBlock: number };

export type Tally = {
  medianHeld: number;
  ratioHeld: number;
  /** Intervals of two equal cases that exclude 1, and verdicts that call them faster or slower. */
  intervalAlarms: number;
  verdictAlarms: number;
  /** Candidates that are faster by the effect and called so. */
  found: number;
  /** Sums of logarithms: width over that of an interval which takes blocks as independent. */
  medianWidth: number;
  ratioWidth: number;
};

/** @param effect baseline time over candidate time, where there is a difference to be found */
export function tallyWorld(world: World, size: SimulatedSize, options: { trialCount: number; effect: number }): Tally {
  const truthMs = trueMedianMs(world, size.roundCount);
  const ratio = trueRatio(world, size);
  const counts: Tally = {
    medianHeld: 0,
    ratioHeld: 0,
    intervalAlarms: 0,
    verdictAlarms: 0,
    found: 0,
    medianWidth: 0,
    ratioWidth: 0,
  };
  for (let trial = 0; trial < options.trialCount; trial += 1) {
    const random = createRandom(1 + trial * 7919);
    const { baseline, candidate } = simulate(world, { random, ...size, effect: 1 });
    const blocks = baseline.map((block) => block.samplesMs);
    const summary = summarizeLatency(blocks);
    const equal = compareBlocks(baseline, candidate);
    const plain = medianInterval(blocks, 1);
    const plainRatio = signedRankInterval(
      blocks.map((samples, round) => Math.log(median(samples) / median(candidate[round]?.samplesMs ?? []))),
    );
    counts.medianWidth += relativeWidth(summary, logWidth(plain?.low, plain?.high));
    counts.ratioWidth += relativeWidth(equal?.speedup, (plainRatio.high ?? NaN) - (plainRatio.low ?? NaN));
    if (holds(summary, truthMs)) counts.medianHeld += 1;
    if (holds(equal?.speedup, ratio)) counts.ratioHeld += 1;
    if (!holds(equal?.speedup, 1)) counts.intervalAlarms += 1;
    if (equal?.verdict !== 'indistinguishable') counts.verdictAlarms += 1;
    const different = simulate(world, { random, ...size, effect: options.effect });
    if (compareBlocks(different.baseline, different.candidate)?.verdict === 'faster') counts.found += 1;
  }
  return counts;
}

function logWidth(low: number | null | undefined, high: number | null | undefined): number {
  return Math.log((high ?? NaN) / (low ?? NaN));
}

function relativeWidth(
  interval: { ciLow: number | null; ciHigh: number | null } | null | undefined,
  of: number,
): number {
  return Math.log(logWidth(interval?.ciLow, interval?.ciHigh) / of);
}
