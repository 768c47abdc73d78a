/**
 * The reasons of the stability verdict on synthetic runs with known truth: how often each is given in worlds that do not have it
 * (false alarms) and in those that do. Ends with status 1 when a reason is given more than 5 times in 100 where it is false, chance in
 * the number of trials allowed for.
 *
 *   node bench/stability-simulation.ts [--trials 500] [--world NAME]
 */
import { parseArgs } from 'node:util';
import type { BlockContext } from '#shared/block-context.ts';
import type { SampleBlock } from '#shared/run.ts';
import { createRandom } from '#shared/statistics/random.ts';
import { judgeStability } from '#shared/statistics/stability.ts';
import { normal, type Random, simulate, worlds } from './simulation/worlds.ts';

const { values } = parseArgs({ options: { trials: { type: 'string', default: '500' }, world: { type: 'string' } } });
const trialCount = Number(values.trials);
const MOST_ALARMS = 0.05;
const limit = MOST_ALARMS + 3 * Math.sqrt((MOST_ALARMS * (1 - MOST_ALARMS)) / trialCount);

const sizes = [
  { roundCount: 12, samplesPerBlock: 3 },
  { roundCount: 20, samplesPerBlock: 5 },
  { roundCount: 20, samplesPerBlock: 50 },
  { roundCount: 60, samplesPerBlock: 20 },
] as const;
let failed = false;

function tally(make: (random: Random) => SampleBlock[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (let trial = 0; trial < trialCount; trial += 1) {
    for (const { kind } of judgeStability(make(createRandom(1 + trial * 7919))).reasons) {
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
  }
  return counts;
}

const isAsked = (name: string): boolean => values.world === undefined || values.world === name;

function print(name: string, size: string, counts: Map<string, number>, isTrue: (kind: string) => boolean): void {
  const cells = [...counts]
    .filter(([kind]) => kind !== 'too-few-samples')
    .map(([kind, count]) => {
      const share = count / trialCount;
      const isFailed = !isTrue(kind) && share > limit;
      failed ||= isFailed;
      return `${isTrue(kind) ? '' : 'FALSE '}${kind} ${(share * 100).toFixed(1)}${isFailed ? ' (too many)' : ''}`;
    });
  console.log(`${name.padEnd(26)}${size.padEnd(8)}${cells.join(', ') || '–'}`);
}

/** What is truly so in each world of the statistics, by what was put into it. */
const truths: Record<string, string[]> = {
  quiet: [],
  'busy rounds': ['spread'],
  drift: ['drift', 'spread', 'autocorrelation'],
  settling: ['drift', 'spread', 'autocorrelation'],
  outliers: ['outliers'],
  'wild rounds': ['outliers', 'spread', 'bimodality'],
  'heavy tails': ['outliers'],
  'two speeds by sample': ['bimodality', 'spread', 'outliers'],
  'two speeds by block': ['bimodality', 'spread', 'outliers'],
  'only one is disturbed': [],
  'wandering machine': ['autocorrelation', 'drift', 'spread'],
  'wandering cases': ['autocorrelation'],
};

console.log(`${trialCount} trials each, per cent of runs with each reason; FALSE where the world does not have it\n`);
for (const world of worlds.filter(({ name }) => isAsked(name))) {
  for (const size of sizes) {
    const counts = tally((random) => simulate(world, { random, ...size, effect: 1 }).baseline);
    print(world.name, `${size.roundCount}×${size.samplesPerBlock}`, counts, (kind) =>
      (truths[world.name] ?? []).includes(kind),
    );
  }
}

/** A clock that steps by so many milliseconds. */
function readBySteps(blocks: readonly SampleBlock[], stepMs: number): SampleBlock[] {
  return blocks.map((block) => ({
    ...block,
    samplesMs: block.samplesMs.map((value) => Math.max(stepMs, Math.round(value / stepMs) * stepMs)),
  }));
}

const BLOCK_MS = 100;
const TICK_MS = 10;
type Machine = {
  /** Cores' worth; counted in ticks. */
  other: number;
  stolen: number;
  /** Standard deviation of the reading, as a share. */
  clockNoise: number;
  /** By how much the clock falls in the middle third, and the times rise with it. */
  clockDrop: number;
};
const quietMachine: Machine = { other: 0.05, stolen: 0, clockNoise: 0.03, clockDrop: 0 };

/** Work of others comes in ticks, by chance (Poisson), as counters of 10 ms show it. */
function contextOf(machine: Machine, random: Random, isDropped: boolean): BlockContext {
  const ticks = (cores: number): number => (poisson(random, (cores * BLOCK_MS) / TICK_MS) * TICK_MS) / BLOCK_MS;
  const rounding = ((random() - 0.5) * TICK_MS) / BLOCK_MS;
  return {
    wallMs: BLOCK_MS,
    readingMs: 0.2,
    usage: null,
    otherCores: ticks(machine.other) + rounding,
    stolenCores: ticks(machine.stolen),
    cpuPressure: null,
    memoryPressure: 0,
    clockMegahertz: 3000 * (1 + machine.clockNoise * normal(random)) * (isDropped ? 1 - machine.clockDrop : 1),
    throttleCount: 0,
    isOnBattery: false,
  };
}

function poisson(random: Random, mean: number): number {
  const floor = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > floor; product *= random()) count += 1;
  return count;
}

const quiet = worlds.find(({ name }) => name === 'quiet');
if (!quiet) throw new Error('There is a quiet world.');
const machines: [string, Partial<Machine>, string[]][] = [
  ['a quiet machine', {}, []],
  ['others take 0.1 cores', { other: 0.1 }, []],
  ['others take 0.4 cores', { other: 0.4 }, ['other-load']],
  ['0.05 cores are stolen', { stolen: 0.05 }, ['steal-time']],
  ['the clock falls by 5 %', { clockDrop: 0.05 }, ['frequency-change', 'autocorrelation', 'drift']],
  [
    'the clock falls by 15 %',
    { clockDrop: 0.15 },
    ['frequency-change', 'autocorrelation', 'drift', 'spread', 'bimodality', 'outliers'],
  ],
];
for (const [name, change, truth] of machines.filter(([label]) => isAsked(label))) {
  const machine = { ...quietMachine, ...change };
  for (const size of sizes) {
    const counts = tally((random) =>
      simulate(quiet, { random, ...size, effect: 1 }).baseline.map((block, index) => {
        const isDropped = index >= size.roundCount / 3 && index < (2 * size.roundCount) / 3;
        const factor = isDropped ? 1 / (1 - machine.clockDrop) : 1;
        return {
          ...block,
          samplesMs: block.samplesMs.map((value) => value * factor),
          context: contextOf(machine, random, isDropped),
        };
      }),
    );
    print(name, `${size.roundCount}×${size.samplesPerBlock}`, counts, (kind) => truth.includes(kind));
  }
}
for (const [stepMs, truth] of [
  [0.005, []],
  [0.05, []],
  [0.2, ['timer-saturation']],
  [1, ['timer-saturation', 'outliers', 'spread']],
] as const) {
  const name = `10 ms, steps of ${stepMs} ms`;
  for (const size of isAsked(name) ? sizes : []) {
    const counts = tally((random) => readBySteps(simulate(quiet, { random, ...size, effect: 1 }).baseline, stepMs));
    print(name, `${size.roundCount}×${size.samplesPerBlock}`, counts, (kind) =>
      (truth as readonly string[]).includes(kind),
    );
  }
}
if (failed) process.exitCode = 1;
