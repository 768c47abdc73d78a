/**
 * Power: how often a known slow-down is found by whole experiments of the real workbench, and how small a difference is found after
 * how long. The slow model is fashion-resnet with a branch of extra work (a matrix product of its input, whose largest value is one
 * more output). How much time the branch costs is first established by one long experiment with the same method, and kept with its
 * interval; once there are experiments enough, all of them together say it better. Results are appended to a file, so the run can be stopped and continued; every experiment counts for all shorter times too.
 *
 * Exit status 1 where at the whole time less than 90 % found it, beyond chance; that 90 % do is shown once the exact one-sided bound
 * (Clopper & Pearson 1934) says so, for which 29 of 29 are enough.
 *
 *   node bench/power.ts [--count 100] [--time 60] [--effect 3] [--truth 600] [--batch 4] [--threads 1] [--output power.jsonl]
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Comparison, SampleBlock } from '#shared/run.ts';
import { compareBlocks, SMALLEST_DIFFERENCE_OF_INTEREST } from '#shared/statistics/compare-blocks.ts';
import { betaQuantile } from '#shared/statistics/beta.ts';
import { wilsonInterval } from '#shared/statistics/proportion.ts';
import { quantileOfSorted, sortAscending } from '#shared/statistics/quantile.ts';
import { addExtraWork } from './extra-work.ts';
import { meanRatio } from './mean-ratio.ts';
import { openTemporaryWorkbench, samplePath } from './temporary-workbench.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100' },
    time: { type: 'string', default: '60' },
    effect: { type: 'string', default: '3' },
    truth: { type: 'string', default: '600' },
    batch: { type: 'string', default: '4' },
    threads: { type: 'string', default: '1' },
    output: { type: 'string', default: 'power.jsonl' },
  },
});
const seconds = Number(values.time);
const wantedShare = Number(values.effect) / 100;
const CALIBRATION_SECONDS = 10;
const CALIBRATION_TRIES = 6;
const FIRST_COLUMNS = 256;
/** How far the cost of the branch may be from what was asked for. */
const TOLERANCE = 0.15;
/** The bar. */
const LEAST_FOUND = 0.9;
/** So many experiments of a minute know the cost of the branch better than the one long one. */
const ENOUGH_TO_POOL = 5;

type Settings = Record<'time' | 'effect' | 'truth' | 'batch' | 'threads', string>;
type Truth = { kind: 'truth'; settings: Settings; columns: number; slowdown: Comparison['speedup'] };
type Trial = { kind: 'trial'; blocks: [SampleBlock[], SampleBlock[]] };

const settings: Settings = {
  time: values.time,
  effect: values.effect,
  truth: values.truth,
  batch: values.batch,
  threads: values.threads,
};
const saved: (Truth | Trial)[] = existsSync(values.output)
  ? readFileSync(values.output, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Truth | Trial)
  : [];
const save = (entry: Truth | Trial): void => {
  saved.push(entry);
  appendFileSync(values.output, `${JSON.stringify(entry)}\n`);
};

const workbench = await openTemporaryWorkbench();

async function measure(columns: number, timeBudgetSeconds: number, seed: number): Promise<Trial['blocks']> {
  const slowPath = join(workbench.folder, `slow-${columns}.onnx`);
  if (!existsSync(slowPath)) await addExtraWork(samplePath('fashion-resnet'), slowPath, columns);
  const ids: string[] = [];
  for (const path of [samplePath('fashion-resnet'), slowPath]) {
    ids.push((await workbench.client.models.import({ path })).variant.id);
  }
  const { runs } = await workbench.measure({
    variantIds: ids,
    providers: ['node:cpu'],
    intraOpThreads: [Number(values.threads)],
    batchSizes: [Number(values.batch)],
    timeBudgetSeconds,
    stopEarly: false,
    profile: false,
    seed,
  });
  const [fast, slow] = await Promise.all(
    runs.map(async (run) => (await workbench.client.runs.samples({ runId: run.id })).blocks),
  );
  if (!fast || !slow) throw new Error('The experiment has two runs.');
  return [fast, slow];
}

/** The slow model's time over the fast one's. */
function slowdownOf([fast, slow]: Trial['blocks']): Comparison['speedup'] {
  const compared = compareBlocks(slow, fast);
  if (compared === null) throw new Error('No round holds samples of both.');
  return compared.speedup;
}

/** Looks for a width of the branch that costs about what is wanted, then measures what it costs for long. */
async function establishTruth(): Promise<Truth> {
  let columns = FIRST_COLUMNS;
  for (let tries = 0; tries < CALIBRATION_TRIES; tries += 1) {
    const share = slowdownOf(await measure(columns, CALIBRATION_SECONDS, tries)).estimate - 1;
    console.log(`a branch of ${columns} columns costs about ${(share * 100).toFixed(2)} %`);
    if (Math.abs(share / wantedShare - 1) <= TOLERANCE) break;
    columns = Math.max(8, Math.round(Math.min(4, Math.max(0.25, wantedShare / Math.max(share, 0.001))) * columns));
  }
  const slowdown = slowdownOf(await measure(columns, Number(values.truth), 1));
  return { kind: 'truth', settings, columns, slowdown };
}

/** The rounds that were measured in the first so many seconds of samples. */
function firstSeconds([fast, slow]: Trial['blocks'], limitSeconds: number): Trial['blocks'] {
  let elapsedMs = 0;
  let count = 0;
  for (const [index, block] of fast.entries()) {
    const other = slow[index];
    if (!other) break;
    elapsedMs += [...block.samplesMs, ...other.samplesMs].reduce((sum, value) => sum + value, 0);
    if (elapsedMs > limitSeconds * 1000) break;
    count += 1;
  }
  return [fast.slice(0, count), slow.slice(0, count)];
}

/**
 * The smallest slow-down that this experiment would have called slower, had all its ratios been shifted by the difference: the
 * interval has to leave 1, and the estimate to reach the smallest difference of interest. Infinite without an interval.
 */
function smallestFound(blocks: Trial['blocks'], truth: number): number {
  if (blocks[0].length === 0) return Infinity;
  const { estimate, ciLow } = slowdownOf(blocks);
  if (ciLow === null) return Infinity;
  const error = Math.log(estimate / truth);
  const halfWidth = Math.log(estimate / ciLow);
  return Math.max(halfWidth - error, Math.log(1 + SMALLEST_DIFFERENCE_OF_INTEREST) - error);
}

function printResults(truth: Truth): void {
  const trials = saved.filter((entry) => entry.kind === 'trial');
  const isPooled = trials.length >= ENOUGH_TO_POOL;
  const { estimate, ciLow, ciHigh } = isPooled
    ? meanRatio(trials.map(({ blocks }) => slowdownOf(blocks).estimate))
    : truth.slowdown;
  const percent = (ratio: number | null): string => (ratio === null ? '?' : ((ratio - 1) * 100).toFixed(2));
  console.log(
    `\nThe branch costs ${percent(estimate)} % (95 % interval ${percent(ciLow)} to ${percent(ciHigh)}), by ${isPooled ? 'all experiments together' : `${values.truth} s of measuring`}.\n` +
      `${trials.length} experiments; found: called slower by the plain interval at that time; detectable: found in 90 of 100\n`,
  );
  console.log('seconds  rounds   found                          detectable');
  const times = [2, 5, 10, 20, 30, 60, 120, 300].filter((time) => time < seconds).concat(seconds);
  let atLeast = 0;
  for (const time of times) {
    const prefixes = trials.map(({ blocks }) => firstSeconds(blocks, time === seconds ? Infinity : time));
    const found = prefixes.filter(([fast, slow]) => compareBlocks(fast, slow)?.verdict === 'slower').length;
    const share = wilsonInterval(found, trials.length);
    if (time === seconds && trials.length > 0) {
      if (share.ciHigh < LEAST_FOUND) process.exitCode = 1;
      if (found > 0) atLeast = betaQuantile(0.05, found, trials.length - found + 1);
    }
    const needed = sortAscending(prefixes.map((blocks) => smallestFound(blocks, estimate)));
    const detectable = Math.exp(quantileOfSorted(needed, 0.9));
    const rounds = quantileOfSorted(sortAscending(prefixes.map(([fast]) => fast.length)), 0.5);
    console.log(
      `${String(time).padStart(7)}  ${String(rounds).padStart(6)}   ${`${found} of ${trials.length} (${(share.ciLow * 100).toFixed(0)}–${(share.ciHigh * 100).toFixed(0)} %)`.padEnd(28)}   ${Number.isFinite(detectable) ? `${percent(detectable)} %` : '–'}`,
    );
  }
  console.log(
    `\nWith 95 % confidence at least ${(atLeast * 100).toFixed(1)} % of experiments of ${seconds} s find it: ${atLeast >= LEAST_FOUND ? 'more than' : 'too few experiments to show'} ${LEAST_FOUND * 100} %.`,
  );
  if (process.exitCode === 1) console.log(`Fewer than ${LEAST_FOUND * 100} % found it: the bar is missed.`);
}

try {
  let truth = saved.find((entry) => entry.kind === 'truth');
  if (truth && JSON.stringify(truth.settings) !== JSON.stringify(settings)) {
    throw new Error(
      `${values.output} holds results of other settings (${JSON.stringify(truth.settings)}); name another file.`,
    );
  }
  if (!truth) {
    truth = await establishTruth();
    save(truth);
  }
  for (let done = saved.length - 1; done < Number(values.count); done += 1) {
    const blocks = await measure(truth.columns, seconds, 1000 + done);
    const compact = blocks.map((list) => list.map(({ context: _context, ...block }) => block)) as Trial['blocks'];
    save({ kind: 'trial', blocks: compact });
    console.log(
      `${done + 1}: ${((slowdownOf(blocks).estimate - 1) * 100).toFixed(2)} % slower, ${compareBlocks(...blocks)?.verdict}`,
    );
  }
  printResults(truth);
} finally {
  await workbench.close();
}
