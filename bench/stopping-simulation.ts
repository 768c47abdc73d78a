/**
 * The stop rule on synthetic data with known truth: false alarms, coverage and power of what is reported when an experiment may
 * end at a look, beside the same data looked at after every round with a plain 95 % interval, as impatience does it. Ends with
 * status 1 when a verdict is a false alarm more than 5 times in 100, or an interval, which is called one of at least 95 %, holds the truth less than 93
 * times, chance in the number of trials allowed for.
 *
 *   node bench/stopping-simulation.ts [--trials 1000] [--rounds 20,60] [--world NAME]
 */
import { parseArgs } from 'node:util';
import type { SampleBlock } from '#shared/run.ts';
import { compareBlocks, isDecided } from '#shared/statistics/compare-blocks.ts';
import { isLookDue } from '#shared/statistics/looks.ts';
import { createRandom } from '#shared/statistics/random.ts';
import { trueRatio } from './simulation/truth.ts';
import { holds, simulate, type SimulatedPair, type World, worlds } from './simulation/worlds.ts';

const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '20,60' },
    world: { type: 'string' },
  },
});
const trialCount = Number(values.trials);
const SAMPLES_PER_BLOCK = 5;
const PRECISION = 0.005;
const EFFECT = 1.03;
const FEWEST_ROUNDS = 6;
const MOST_ALARMS = 0.05;
const FEWEST_HELD = 0.93;

type Outcome = { compared: NonNullable<ReturnType<typeof compareBlocks>>; roundCount: number };

const firstRounds = (blocks: readonly SampleBlock[], count: number): SampleBlock[] => blocks.slice(0, count);

/** As `measureRounds` does it: no look where no further round would follow. */
function measureWithLooks({ baseline, candidate }: SimulatedPair): Outcome {
  const looks: number[] = [];
  for (let count = 1; count <= baseline.length; count += 1) {
    const isLast = count === baseline.length;
    if (!isLast && !isLookDue(count)) continue;
    if (!isLast) looks.push(count);
    const compared = compareBlocks(firstRounds(baseline, count), firstRounds(candidate, count), { looks });
    if (compared && (isLast || isDecided(compared, PRECISION))) return { compared, roundCount: count };
  }
  throw new Error('There is at least one round.');
}

function isImpatientAlarm({ baseline, candidate }: SimulatedPair): boolean {
  for (let count = FEWEST_ROUNDS; count <= baseline.length; count += 1) {
    const compared = compareBlocks(firstRounds(baseline, count), firstRounds(candidate, count));
    if (compared?.verdict !== 'indistinguishable') return true;
  }
  return false;
}

function tally(world: World, roundCount: number) {
  const size = { roundCount, samplesPerBlock: SAMPLES_PER_BLOCK };
  const ratio = trueRatio(world, size);
  const counts = { held: 0, alarms: 0, fixedAlarms: 0, impatientAlarms: 0, rounds: 0, found: 0, foundRounds: 0 };
  for (let trial = 0; trial < trialCount; trial += 1) {
    const random = createRandom(1 + trial * 7919);
    const equal = simulate(world, { random, ...size, effect: 1 });
    const outcome = measureWithLooks(equal);
    if (holds(outcome.compared.speedup, ratio)) counts.held += 1;
    if (outcome.compared.verdict !== 'indistinguishable') counts.alarms += 1;
    if (compareBlocks(equal.baseline, equal.candidate)?.verdict !== 'indistinguishable') counts.fixedAlarms += 1;
    if (isImpatientAlarm(equal)) counts.impatientAlarms += 1;
    counts.rounds += outcome.roundCount;
    const different = measureWithLooks(simulate(world, { random, ...size, effect: EFFECT }));
    if (different.compared.verdict === 'faster') counts.found += 1;
    counts.foundRounds += different.roundCount;
  }
  return counts;
}

const percent = (count: number): string => ((100 * count) / trialCount).toFixed(1).padStart(9);
const mean = (sum: number): string => (sum / trialCount).toFixed(1).padStart(9);
/** Three standard errors of a share near its limit. */
const allowance = (share: number): number => 3 * Math.sqrt((share * (1 - share)) / trialCount);
console.log(`${trialCount} trials each, ${SAMPLES_PER_BLOCK} samples per block, per cent: how often the interval at the end holds the truth; how
often two equal cases are called faster or slower with looks, at the end only, and when looked at after each round without
correction; rounds used; how often ${EFFECT} is called faster, and after how many rounds\n`);
console.log(
  `world                 rounds     held    looks  at end  each round  rounds  finds ${((EFFECT - 1) * 100).toFixed(0)} %   rounds`,
);
for (const world of worlds.filter(({ name }) => values.world === undefined || name === values.world)) {
  for (const roundCount of values.rounds.split(',').map(Number)) {
    const counts = tally(world, roundCount);
    const failures = [
      ...(world.isSymmetric && counts.alarms > (MOST_ALARMS + allowance(MOST_ALARMS)) * trialCount
        ? ['too many false alarms']
        : []),
      ...(counts.held < (FEWEST_HELD - allowance(FEWEST_HELD)) * trialCount ? ['held too seldom'] : []),
    ];
    if (failures.length > 0) process.exitCode = 1;
    const alarms = [counts.alarms, counts.fixedAlarms, counts.impatientAlarms].map((count) =>
      world.isSymmetric ? percent(count) : '        –',
    );
    console.log(
      [
        world.name.padEnd(22),
        String(roundCount).padEnd(6),
        percent(counts.held),
        ...alarms,
        mean(counts.rounds),
        percent(counts.found),
        mean(counts.foundRounds),
        failures.length > 0 ? `  ${failures.join(', ')}` : '',
      ].join(''),
    );
  }
}
