/**
 * Checks src/shared/statistics on synthetic data with known truth: how often intervals hold it, and how often two equal cases are called
 * different. Each interval is held against its words (`interval-confidence.ts`): one of 95 %, from 40 rounds on, has to hold the truth 93 to 97 times in
 * 100; one of at least 95 % 93 times or more. Ends with status 1 when one does not, or a verdict is a false alarm more than 5 times in 100, chance in the
 * number of trials allowed for.
 * Beside it, how wide the intervals are: the geometric mean of their width over that of an interval which takes blocks as independent.
 *
 *   node bench/statistics-simulation.ts [--trials 2000] [--world NAME] [--rounds 40,60,120]
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { type IntervalConfidence, intervalConfidence } from '#shared/statistics/interval-confidence.ts';
import { type SimulatedSize, type Tally, tallyWorld } from './simulation/tally-world.ts';
import { type World, worlds } from './simulation/worlds.ts';

/** Rounds and samples per block as `planRounds` chooses them: 6 to 12 rounds for little time or slow models, then those of the default budget. */
const sizes: readonly SimulatedSize[] = [
  { roundCount: 6, samplesPerBlock: 1 },
  { roundCount: 8, samplesPerBlock: 1 },
  { roundCount: 10, samplesPerBlock: 2 },
  { roundCount: 12, samplesPerBlock: 3 },
  { roundCount: 12, samplesPerBlock: 50 },
  { roundCount: 16, samplesPerBlock: 2 },
  { roundCount: 20, samplesPerBlock: 7 },
  { roundCount: 20, samplesPerBlock: 80 },
  { roundCount: 25, samplesPerBlock: 3 },
  { roundCount: 40, samplesPerBlock: 7 },
  { roundCount: 40, samplesPerBlock: 80 },
  { roundCount: 60, samplesPerBlock: 20 },
  { roundCount: 120, samplesPerBlock: 30 },
];

/** The candidate is so much faster where it is to be found. */
const EFFECT = 1.03;
const FEWEST_HELD = 0.93;
const MOST_HELD = 0.97;
const MOST_ALARMS = 0.05;

const claimWords: Record<IntervalConfidence, string> = { '95': '95 %', 'at-least-95': '≥ 95 %' };

type Task = { world: World; size: SimulatedSize };
/** By their places in the lists: functions of a world cannot be sent to a thread. */
type Order = { world: number; size: number };
const taskOf = (order: Order): Task => ({
  world: worlds[order.world] as World,
  size: sizes[order.size] as SimulatedSize,
});

if (isMainThread) await judgeAll();
else {
  const { trialCount } = workerData as { trialCount: number };
  parentPort?.on('message', (order: Order) => {
    const { world, size } = taskOf(order);
    parentPort?.postMessage(tallyWorld(world, size, { trialCount, effect: EFFECT }));
  });
}

async function judgeAll(): Promise<void> {
  const { values } = parseArgs({
    options: {
      trials: { type: 'string', default: '2000' },
      world: { type: 'string' },
      rounds: { type: 'string' },
    },
  });
  const trialCount = Number(values.trials);
  const rounds = values.rounds?.split(',').map(Number);
  const orders = worlds
    .flatMap((_, world) => sizes.map((__, size): Order => ({ world, size })))
    .filter((order) => values.world === undefined || taskOf(order).world.name === values.world)
    .filter((order) => rounds?.includes(taskOf(order).size.roundCount) ?? true);
  console.log(`${trialCount} trials each, per cent: what the interval is called, and how often it holds the true median and ratio; how often the
interval of two equal cases excludes 1, and they are called faster or slower; how often ${EFFECT} is called faster. Widths are
those of the intervals over independent blocks'\n`);
  console.log(
    `world                 rounds×samples called       median  width    ratio  width  excl. 1  verdict  finds ${((EFFECT - 1) * 100).toFixed(0)} %`,
  );
  const tallies = orders.map(() => Promise.withResolvers<Tally>());
  const rest = [...orders.entries()];
  for (let thread = 0; thread < Math.min(availableParallelism(), orders.length); thread += 1) {
    const worker = new Worker(new URL(import.meta.url), { workerData: { trialCount } });
    let current = -1;
    const startNext = (): void => {
      const next = rest.shift();
      if (next === undefined) return void worker.terminate();
      current = next[0];
      worker.postMessage(next[1]);
    };
    worker.on('message', (tally: Tally) => {
      tallies[current]?.resolve(tally);
      startNext();
    });
    worker.on('error', (error) => tallies[current]?.reject(error));
    startNext();
  }
  for (const [index, order] of orders.entries()) {
    const counts = await (tallies[index] as PromiseWithResolvers<Tally>).promise;
    if (printTask(taskOf(order), counts, trialCount)) process.exitCode = 1;
  }
}

/** @returns whether something is out of bounds */
function printTask({ world, size }: Task, counts: Tally, trialCount: number): boolean {
  const factor = (sum: number): string =>
    Math.exp(sum / trialCount)
      .toFixed(2)
      .padStart(7);
  const percent = (count: number): string => ((100 * count) / trialCount).toFixed(1).padStart(9);
  // Where ratios are skewed their centre is not 1, and finding that is no false alarm.
  const alarms = [counts.intervalAlarms, counts.verdictAlarms].map((count) =>
    world.isSymmetric ? percent(count) : '        –',
  );
  const { failures, wide } = judgeTally({ world, size }, counts, trialCount);
  console.log(
    [
      world.name.padEnd(22),
      `${size.roundCount}×${size.samplesPerBlock}`.padEnd(14),
      claimWords[intervalConfidence(size.roundCount)].padEnd(12),
      percent(counts.medianHeld),
      factor(counts.medianWidth),
      percent(counts.ratioHeld),
      factor(counts.ratioWidth),
      ...alarms,
      percent(counts.found),
      failures.length > 0 ? `  out of bounds: ${failures.join(', ')}` : '',
      wide.length > 0 ? `  above ${MOST_HELD * 100}: ${wide.join(', ')}` : '',
    ].join(''),
  );
  return failures.length > 0;
}

function judgeTally({ world, size }: Task, counts: Tally, trialCount: number): { failures: string[]; wide: string[] } {
  /** Three standard errors of a share near its limit. */
  const allowance = (share: number): number => 3 * Math.sqrt((share * (1 - share)) / trialCount);
  const shares = { median: counts.medianHeld / trialCount, ratio: counts.ratioHeld / trialCount };
  const names = ['median', 'ratio'] as const;
  const most = intervalConfidence(size.roundCount) === 'at-least-95' ? 1 : MOST_HELD + allowance(MOST_HELD);
  const isFalse = world.isSymmetric && counts.verdictAlarms / trialCount > MOST_ALARMS + allowance(MOST_ALARMS);
  return {
    failures: [
      ...names.filter((name) => shares[name] < FEWEST_HELD - allowance(FEWEST_HELD) || shares[name] > most),
      ...(isFalse ? ['false alarms'] : []),
    ],
    wide: most === 1 ? [] : names.filter((name) => shares[name] > MOST_HELD && shares[name] <= most),
  };
}
