/**
 * Made-up machines whose truth is known. A sample is
 *   10 ms × what the round does to both × what it does to this case alone × noise of the single run,
 * and the candidate is faster by the effect.
 */
import type { SampleBlock } from '#shared/run.ts';

export type Random = () => number;

type Level = { common: number; baseline: number; candidate: number };

export type World = {
  name: string;
  about: string;
  /** Logarithms: what each round does to both cases and to each alone. */
  levels: (random: Random, roundCount: number) => Level[];
  /** Logarithm of the noise of one sample. */
  noise: (random: Random) => number;
  /** Whether equal cases have log ratios that are symmetric about 0. */
  isSymmetric: boolean;
};

export type SimulatedPair = { baseline: SampleBlock[]; candidate: SampleBlock[] };

const BASE_MS = 10;

/** @param effect baseline time over candidate time */
export function simulate(
  world: World,
  options: { random: Random; roundCount: number; samplesPerBlock: number; effect: number },
): SimulatedPair {
  const { random, roundCount, samplesPerBlock, effect } = options;
  const blockOf = (round: number, level: number): SampleBlock => ({
    blockIndex: round,
    round,
    startedAtMs: round,
    samplesMs: Array.from({ length: samplesPerBlock }, () => BASE_MS * Math.exp(level + world.noise(random))),
  });
  const baseline: SampleBlock[] = [];
  const candidate: SampleBlock[] = [];
  for (const [round, level] of world.levels(random, roundCount).entries()) {
    baseline.push(blockOf(round, level.common + level.baseline));
    candidate.push(blockOf(round, level.common + level.candidate - Math.log(effect)));
  }
  return { baseline, candidate };
}

export function holds(
  interval: { ciLow: number | null; ciHigh: number | null } | null | undefined,
  truth: number,
): boolean {
  if (!interval || interval.ciLow === null || interval.ciHigh === null) return false;
  return interval.ciLow <= truth && truth <= interval.ciHigh;
}

/** Standard normal (Box–Muller). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Student's t with two degrees of freedom: infinite variance. */
function heavy(random: Random): number {
  const u = 2 * random() - 1;
  return (u * Math.SQRT2) / Math.sqrt(Math.max(1e-12, 1 - u * u));
}

const chance = (random: Random, probability: number): boolean => random() < probability;
const quietNoise = (random: Random): number => 0.02 * normal(random);
const quietOwn = (random: Random): number => 0.004 * normal(random);

function independent(level: (random: Random, position: number) => Level): World['levels'] {
  return (random, roundCount) =>
    Array.from({ length: roundCount }, (_, round) => level(random, roundCount > 1 ? round / (roundCount - 1) : 0));
}

const noCommon = (own: (random: Random) => number): World['levels'] =>
  independent((random) => ({ common: 0, baseline: own(random), candidate: own(random) }));

/** A series whose value depends on the one before by `memory`; standard deviation `spread`. */
function remembering(random: Random, count: number, memory: number, spread: number): number[] {
  let value = spread * normal(random);
  return Array.from({ length: count }, (_, index) => {
    if (index > 0) value = memory * value + spread * Math.sqrt(1 - memory ** 2) * normal(random);
    return value;
  });
}

export const worlds: readonly World[] = [
  {
    name: 'quiet',
    about: 'noise of 2 % and blocks that differ by 0.4 %',
    levels: noCommon(quietOwn),
    noise: quietNoise,
    isSymmetric: true,
  },
  {
    name: 'busy rounds',
    about: 'rounds differ by 5 % for both, blocks by 1 %',
    levels: independent((random) => ({
      common: 0.05 * normal(random),
      baseline: 0.01 * normal(random),
      candidate: 0.01 * normal(random),
    })),
    noise: quietNoise,
    isSymmetric: true,
  },
  {
    name: 'drift',
    about: 'everything gets 20 % slower from the first round to the last',
    levels: independent((random, position) => ({
      common: 0.2 * position,
      baseline: quietOwn(random),
      candidate: quietOwn(random),
    })),
    noise: quietNoise,
    isSymmetric: true,
  },
  {
    name: 'outliers',
    about: 'one sample in twenty takes twice to five times as long',
    levels: noCommon(quietOwn),
    noise: (random) => quietNoise(random) + (chance(random, 0.05) ? Math.log(2 + 3 * random()) : 0),
    isSymmetric: true,
  },
  {
    name: 'wild rounds',
    about: 'one block in ten, of either case, is 50 % slower',
    levels: noCommon((random) => quietOwn(random) + (chance(random, 0.1) ? Math.log(1.5) : 0)),
    noise: quietNoise,
    isSymmetric: true,
  },
  {
    name: 'heavy tails',
    about: 'blocks and samples without a finite variance (t with 2 degrees of freedom)',
    levels: noCommon((random) => 0.004 * heavy(random)),
    noise: (random) => 0.01 * heavy(random),
    isSymmetric: true,
  },
  {
    name: 'two speeds by sample',
    about: 'three samples in ten take 20 % longer',
    levels: noCommon(quietOwn),
    noise: (random) => quietNoise(random) + (chance(random, 0.3) ? Math.log(1.2) : 0),
    isSymmetric: true,
  },
  {
    name: 'two speeds by block',
    about: 'three blocks in ten, of either case, are 10 % slower',
    levels: noCommon((random) => quietOwn(random) + (chance(random, 0.3) ? Math.log(1.1) : 0)),
    noise: quietNoise,
    isSymmetric: true,
  },
  {
    name: 'only one is disturbed',
    about: 'one block in five of the candidate alone is 10 % slower: ratios are skewed',
    levels: independent((random) => ({
      common: 0,
      baseline: quietOwn(random),
      candidate: quietOwn(random) + (chance(random, 0.2) ? Math.log(1.1) : 0),
    })),
    noise: quietNoise,
    isSymmetric: false,
  },
  {
    name: 'wandering machine',
    about: 'both wander by 5 %, each round remembering 0.8 of the one before',
    levels: (random, roundCount) =>
      remembering(random, roundCount, 0.8, 0.05).map((common) => ({
        common,
        baseline: quietOwn(random),
        candidate: quietOwn(random),
      })),
    noise: quietNoise,
    isSymmetric: true,
  },
  {
    name: 'wandering cases',
    about: 'each case wanders by itself by 1 %, remembering 0.5',
    levels: (random, roundCount) => {
      const candidate = remembering(random, roundCount, 0.5, 0.01);
      return remembering(random, roundCount, 0.5, 0.01).map((baseline, round) => ({
        common: 0,
        baseline,
        candidate: candidate[round] as number,
      }));
    },
    noise: quietNoise,
    isSymmetric: true,
  },
  {
    name: 'settling',
    about: 'everything gets 15 % slower, fast at first and ever slower then',
    levels: independent((random, position) => ({
      common: 0.15 * (1 - Math.exp(-3 * position)),
      baseline: quietOwn(random),
      candidate: quietOwn(random),
    })),
    noise: quietNoise,
    isSymmetric: true,
  },
];
