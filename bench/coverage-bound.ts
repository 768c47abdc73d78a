/**
 * What it costs not to know the machine: few blocks of a quiet machine look like few blocks of one that wanders. For pairs of made-up machines an
 * oracle knows both exactly, but for the unit of time, and is not told on which of them a run was measured. Its interval is the one that holds the truth
 * 95 times in 100 by its own reckoning (what `dependenceStretch` does too), at the odds with which it holds the second machine at least 93 times in 100.
 * Prints how often it then holds the first one, and how wide it is there over an interval that takes blocks as independent; beside it the same
 * of the interval that Whittle gives, which knows neither machine.
 *
 *   node bench/coverage-bound.ts [--trials 2000]
 */
import { parseArgs } from 'node:util';
import { blockParts } from '#shared/statistics/block-parts.ts';
import { fitWandering, type SeriesKind } from '#shared/statistics/centre-possibilities.ts';
import { dependenceStretch } from '#shared/statistics/dependence-stretch.ts';
import { studentQuantile, studentTail } from '#shared/statistics/distributions.ts';
import { createRandom } from '#shared/statistics/random.ts';
import { normal, type Random } from './simulation/worlds.ts';

/** Standard deviations, as shares: of single samples, and of blocks, each alone and wandering. */
type Machine = { name: string; own: number; wandering: number; memory: number };
type Pair = readonly [first: Machine, second: Machine];
type Size = { blockCount: number; samplesPerBlock: number };

const { values } = parseArgs({ options: { trials: { type: 'string', default: '2000' } } });
const trialCount = Number(values.trials);
const NOISE = 0.02;
const FEWEST_HELD = 0.93;
const ALPHA = 0.05;

const quiet: Machine = { name: 'quiet', own: 0.004, wandering: 0, memory: 0 };
const busy: Machine = { name: 'busy rounds', own: 0.051, wandering: 0, memory: 0 };
const wandering: Machine = { name: 'wandering machine', own: 0.004, wandering: 0.05, memory: 0.8 };
const cases: Machine = { name: 'wandering cases', own: 0, wandering: 0.01, memory: 0.5 };
const briefly: Machine = { name: 'rounds that remember 0.5', own: 0, wandering: 0.051, memory: 0.5 };
const pairs: readonly { known: Pair; kind: SeriesKind }[] = [
  { known: [quiet, wandering], kind: 'times' },
  { known: [busy, wandering], kind: 'times' },
  { known: [busy, briefly], kind: 'times' },
  { known: [quiet, cases], kind: 'times' },
  { known: [quiet, cases], kind: 'ratios' },
];
const sizes: readonly Size[] = [
  { blockCount: 6, samplesPerBlock: 1 },
  { blockCount: 8, samplesPerBlock: 1 },
  { blockCount: 10, samplesPerBlock: 2 },
  { blockCount: 12, samplesPerBlock: 3 },
  { blockCount: 12, samplesPerBlock: 50 },
  { blockCount: 16, samplesPerBlock: 2 },
  { blockCount: 20, samplesPerBlock: 7 },
  { blockCount: 25, samplesPerBlock: 3 },
  { blockCount: 40, samplesPerBlock: 7 },
];

/** What one machine says of the centre of a run, a Student distribution around `centre`. */
type Fit = { centre: number; error: number; logLikelihood: number };
/** `plain`: half width of an interval that takes blocks as independent. */
type Run = { mean: number; plain: number; ours: number; freedom: number; fits: readonly [Fit, Fit] };

const meanOf = (some: readonly number[]): number => some.reduce((sum, value) => sum + value, 0) / some.length;
const squaresOf = (some: readonly number[]): number => {
  const mean = meanOf(some);
  return some.reduce((sum, value) => sum + (value - mean) ** 2, 0);
};

/** Logarithms of samples, by block; the truth is 0. */
function drawBlocks(machine: Machine, { blockCount, samplesPerBlock }: Size, random: Random): number[][] {
  let state = normal(random);
  return Array.from({ length: blockCount }, () => {
    const level = machine.wandering * state + machine.own * normal(random);
    state = machine.memory * state + Math.sqrt(1 - machine.memory ** 2) * normal(random);
    return Array.from({ length: samplesPerBlock }, () => level + NOISE * normal(random));
  });
}

/** With variances in units of a block mean's noise, whose size is left open, as for Whittle. */
function fitMachine(
  machine: Machine,
  { means, squaresWithin, freedom }: { means: readonly number[]; squaresWithin: number; freedom: number },
  samplesPerBlock: number,
): Fit {
  const unit = NOISE ** 2 / samplesPerBlock;
  const { centre, information, squares, logDeterminant } = fitWandering(means, {
    noise: 1 + machine.own ** 2 / unit,
    wandering: machine.wandering ** 2 / unit,
    memory: machine.memory,
  });
  const total = squares + squaresWithin;
  return {
    centre,
    error: Math.sqrt(total / freedom / information),
    logLikelihood: -(logDeterminant + Math.log(information) + freedom * Math.log(total)) / 2,
  };
}

function drawRun(
  machine: Machine,
  size: Size,
  { known, kind, random }: { known: Pair; kind: SeriesKind; random: Random },
): Run {
  const blocks = drawBlocks(machine, size, random);
  const samplesMs = blocks.map((block) => block.map(Math.exp));
  const means = blocks.map(meanOf);
  const mean = meanOf(means);
  const squaresWithin = blocks.reduce((sum, block) => sum + squaresOf(block), 0) / size.samplesPerBlock;
  const freedom = size.blockCount * size.samplesPerBlock - 1;
  const plain =
    studentQuantile(1 - ALPHA / 2, size.blockCount - 1) *
    Math.sqrt(squaresOf(means) / (size.blockCount - 1) / size.blockCount);
  const about = { means: means.map((value) => value - mean), squaresWithin, freedom };
  return {
    mean: Math.abs(mean),
    plain,
    ours: plain * dependenceStretch(blockParts(samplesMs), { kind }),
    freedom,
    fits: [fitMachine(known[0], about, size.samplesPerBlock), fitMachine(known[1], about, size.samplesPerBlock)],
  };
}

/** Half width around the mean outside of which the oracle expects the truth 5 times in 100. @param odds before it sees the run, of the second machine */
function oracleWidth({ fits, freedom, plain }: Run, odds: number): number {
  const [first, second] = fits;
  const weight = 1 / (1 + ((1 - odds) / odds) * Math.exp(first.logLikelihood - second.logLikelihood));
  const beyond = ({ centre, error }: Fit, width: number): number =>
    (oneSided((width - centre) / error, freedom) + oneSided((width + centre) / error, freedom)) / 2;
  const tailAt = (width: number): number => weight * beyond(second, width) + (1 - weight) * beyond(first, width);
  let [low, high] = [0, plain];
  while (tailAt(high) > ALPHA) high *= 2;
  while (high - low > 1e-3 * high) {
    const middle = (low + high) / 2;
    if (tailAt(middle) > ALPHA) low = middle;
    else high = middle;
  }
  return high;
}

/** Twice the probability beyond t on one side, for any t. */
function oneSided(t: number, freedom: number): number {
  return t >= 0 ? studentTail(t, freedom) : 2 - studentTail(-t, freedom);
}

type Outcome = { held: number; width: number };

function judge(runs: readonly Run[], widthOf: (run: Run) => number): Outcome {
  const widths = runs.map(widthOf);
  return {
    held: runs.filter(({ mean }, index) => mean <= (widths[index] as number)).length / runs.length,
    width: Math.exp(meanOf(runs.map(({ plain }, index) => Math.log((widths[index] as number) / plain)))),
  };
}

/** The least odds of the second machine at which it is held often enough. */
function leastOdds(runs: readonly Run[]): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < 10; step += 1) {
    const middle = (low + high) / 2;
    if (judge(runs, (run) => oracleWidth(run, middle)).held < FEWEST_HELD) low = middle;
    else high = middle;
  }
  return high;
}

const cell = ({ held, width }: Outcome): string =>
  `${(held * 100).toFixed(1).padStart(5)} ${width.toFixed(2).padStart(5)}`;
console.log(`${trialCount} trials each: how often the truth is held on the first and the second machine, per cent, and the width there over that of an interval that
takes blocks as independent; by such an interval itself, by the oracle, and by Whittle\n`);
console.log(
  `${'blocks   of first, second machine'.padEnd(55)} independent: first, second   oracle: first, second         Whittle: first, second`,
);
for (const { known, kind } of pairs) {
  for (const size of sizes) {
    const random = createRandom(11);
    const [first, second] = known.map((machine) =>
      Array.from({ length: trialCount }, () => drawRun(machine, size, { known, kind, random })),
    ) as [Run[], Run[]];
    const odds = leastOdds(second);
    const columns = [
      (run: Run): number => run.plain,
      (run: Run): number => oracleWidth(run, odds),
      (run: Run): number => run.ours,
    ].map((widthOf) => [first, second].map((runs) => cell(judge(runs, widthOf))).join('  '));
    console.log(
      `${`${size.blockCount}×${size.samplesPerBlock}`.padEnd(8)} ${`${kind}: ${known.map(({ name }) => name).join(', ')}`.padEnd(46)} ${columns.join('      ')}`,
    );
  }
}
