/**
 * Checks src/shared/statistics on synthetic data with known truth: how often the 95 % intervals hold it, and how often two equal
 * cases are called different. Ends with status 1 when an interval holds the truth less than 93 times in
 * 100, or a verdict is a false alarm more than 5 times in 100, chance in the number of trials allowed for. Beside it, how wide the
 * intervals are: the geometric mean of their width over that of an interval which takes blocks as independent.
 *
 *   node bench/statistics-simulation.ts [--trials 2000] [--world NAME]
 */
import { parseArgs } from 'node:util';
import { compareBlocks } from '#shared/statistics/compare-blocks.ts';
import { medianInterval } from '#shared/statistics/median-interval.ts';
import { median } from '#shared/statistics/quantile.ts';
import { createRandom } from '#shared/statistics/random.ts';
import { signedRankInterval } from '#shared/statistics/signed-rank.ts';
import { judgeStability } from '#shared/statistics/stability.ts';
import { summarizeLatency } from '#shared/statistics/summarize-latency.ts';
import { trueMedianMs, trueRatio } from './simulation/truth.ts';
import { holds, simulate, type World, worlds } from './simulation/worlds.ts';

const { values } = parseArgs({
  options: { trials: { type: 'string', default: '2000' }, world: { type: 'string' } },
});
const trialCount = Number(values.trials);

/** Rounds and samples per block as `planRounds` chooses them, from a slow model to a long budget. */
const sizes = [
  { roundCount: 6, samplesPerBlock: 1 },
  { roundCount: 8, samplesPerBlock: 1 },
  { roundCount: 10, samplesPerBlock: 2 },
  { roundCount: 12, samplesPerBlock: 3 },
  { roundCount: 12, samplesPerBlock: 50 },
  { roundCount: 20, samplesPerBlock: 5 },
  { roundCount: 20, samplesPerBlock: 50 },
  { roundCount: 60, samplesPerBlock: 20 },
] as const;

/** The candidate is so much faster where it is to be found. */
const EFFECT = 1.03;
const FEWEST_HELD = 0.93;
const MOST_ALARMS = 0.05;

type Tally = {
  medianHeld: number;
  ratioHeld: number;
  intervalAlarms: number;
  verdictAlarms: number;
  found: number;
  unstable: number;
  /** Sums of logarithms. */
  medianWidth: number;
  ratioWidth: number;
};

function tally(world: World, size: (typeof sizes)[number]): Tally {
  const truthMs = trueMedianMs(world, size.roundCount);
  const ratio = trueRatio(world, size);
  const counts: Tally = {
    medianHeld: 0,
    ratioHeld: 0,
    intervalAlarms: 0,
    verdictAlarms: 0,
    found: 0,
    unstable: 0,
    medianWidth: 0,
    ratioWidth: 0,
  };
  for (let trial = 0; trial < trialCount; trial += 1) {
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
    // Small counts make every short run unstable; that is not what is asked here.
    const reasons = judgeStability(baseline).reasons.filter(({ kind }) => kind !== 'too-few-samples');
    if (reasons.length > 0) counts.unstable += 1;
    const different = simulate(world, { random, ...size, effect: EFFECT });
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

/** Three standard errors of a share near its limit. */
const allowance = (share: number): number => 3 * Math.sqrt((share * (1 - share)) / trialCount);

function failuresOf(world: World, counts: Tally): string[] {
  const held = (FEWEST_HELD - allowance(FEWEST_HELD)) * trialCount;
  const alarms = (MOST_ALARMS + allowance(MOST_ALARMS)) * trialCount;
  return [
    ...(counts.medianHeld < held ? ['median'] : []),
    ...(counts.ratioHeld < held ? ['ratio'] : []),
    ...(world.isSymmetric && counts.verdictAlarms > alarms ? ['false alarms'] : []),
  ];
}

const factor = (sum: number): string =>
  Math.exp(sum / trialCount)
    .toFixed(2)
    .padStart(7);
const percent = (count: number): string => ((100 * count) / trialCount).toFixed(1).padStart(9);
const found = `finds ${((EFFECT - 1) * 100).toFixed(0)} %`;
let failed = false;
console.log(`${trialCount} trials each, per cent: how often the 95 % interval holds the true median and ratio; how often the
interval of two equal cases excludes 1, and they are called faster or slower; how often ${EFFECT} is called faster; how often a
run is called unstable for another reason than its length. Widths are those of the intervals over independent blocks'\n`);
console.log(
  `world                 rounds×samples   median  width    ratio  width  excl. 1  verdict  ${found} unstable`,
);
for (const world of worlds.filter(({ name }) => values.world === undefined || name === values.world)) {
  for (const size of sizes) {
    const counts = tally(world, size);
    const failures = failuresOf(world, counts);
    failed ||= failures.length > 0;
    const alarms = [counts.intervalAlarms, counts.verdictAlarms].map((count) =>
      // Where ratios are skewed their centre is not 1, and finding that is no false alarm.
      world.isSymmetric ? percent(count) : '        –',
    );
    console.log(
      [
        world.name.padEnd(22),
        `${size.roundCount}×${size.samplesPerBlock}`.padEnd(14),
        percent(counts.medianHeld),
        factor(counts.medianWidth),
        percent(counts.ratioHeld),
        factor(counts.ratioWidth),
        ...alarms,
        percent(counts.found),
        percent(counts.unstable),
        failures.length > 0 ? `  out of bounds: ${failures.join(', ')}` : '',
      ].join(''),
    );
  }
}
if (failed) process.exitCode = 1;
