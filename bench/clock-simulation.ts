/**
 * What a coarse clock does to intervals: cases of known times, whose runs begin at any time between two steps of a clock of 5 µs, as in a
 * browser. Counts how often the interval of the ratio and that of the median hold the truth, how often a comparison is decided, and how
 * often what is then said is wrong. Ends with status 1 where an interval holds the truth less than 93 times in 100.
 *
 *   node bench/clock-simulation.ts [--trials 500]
 */
import { parseArgs } from 'node:util';
import type { SampleBlock } from '#shared/run.ts';
import { compareBlocks, isDecided } from '#shared/statistics/compare-blocks.ts';
import { normalQuantile } from '#shared/statistics/distributions.ts';
import { createRandom } from '#shared/statistics/random.ts';
import { summarizeLatency } from '#shared/statistics/summarize-latency.ts';

const { values } = parseArgs({ options: { trials: { type: 'string', default: '500' } } });
const trialCount = Number(values.trials);

const STEP_MS = 0.005;
const PRECISION = 0.005;
const FEWEST_HELD = 0.93;

/** Times in microseconds. */
const pairs = [
  [10.2, 11.2],
  [10.2, 10.2],
  [10.02, 10],
  [3, 3.3],
  [0.8, 0.8],
  [23, 23.4],
  [240, 250],
] as const;
const sizes = [
  { roundCount: 20, samplesPerBlock: 50 },
  { roundCount: 80, samplesPerBlock: 250 },
] as const;

/** Runs one after the other, with 2 % of noise and a gap of about 0.3 µs between two. */
function readBlocks(timeUs: number, size: (typeof sizes)[number], random: () => number): SampleBlock[] {
  let nowMs = random();
  const read = (): number => Math.floor(nowMs / STEP_MS) * STEP_MS;
  const noise = (): number => 1 + 0.02 * normalQuantile(Math.min(1 - 1e-9, Math.max(1e-9, random())));
  return Array.from({ length: size.roundCount }, (_, round) => {
    const samplesMs = Array.from({ length: size.samplesPerBlock }, () => {
      const startMs = read();
      nowMs += (timeUs / 1000) * noise();
      const sampleMs = read() - startMs;
      nowMs += 0.0003 * (0.5 + random());
      return sampleMs;
    });
    nowMs += random();
    return { blockIndex: round, round, startedAtMs: 0, samplesMs };
  });
}

let isAsExpected = true;
console.log(
  'times (µs) | rounds × samples | ratio held | no interval | half width (mean) | decided | decided and wrong | median held',
);
for (const [first, second] of pairs) {
  for (const size of sizes) {
    const counts = { held: 0, missing: 0, decided: 0, wrong: 0, medianHeld: 0, width: 0 };
    for (let trial = 0; trial < trialCount; trial += 1) {
      const random = createRandom(1 + trial * 7919);
      const baseline = readBlocks(first, size, random);
      const compared = compareBlocks(baseline, readBlocks(second, size, random));
      const latency = summarizeLatency(baseline.map((block) => block.samplesMs));
      const medianMs = first / 1000;
      if ((latency?.ciLow ?? Infinity) <= medianMs && (latency?.ciHigh ?? 0) >= medianMs) counts.medianHeld += 1;
      const { ciLow = null, ciHigh = null } = compared?.speedup ?? {};
      if (compared === null || ciLow === null || ciHigh === null) {
        counts.missing += 1;
        continue;
      }
      const isHeld = ciLow <= first / second && ciHigh >= first / second;
      if (isHeld) counts.held += 1;
      counts.width += Math.log(ciHigh / ciLow) / 2;
      if (!isDecided(compared, PRECISION)) continue;
      counts.decided += 1;
      if (!isHeld) counts.wrong += 1;
    }
    const claimed = trialCount - counts.missing;
    if (counts.held < FEWEST_HELD * claimed || counts.medianHeld < FEWEST_HELD * trialCount) isAsExpected = false;
    const percent = (count: number, of: number): string => (of === 0 ? '–' : `${((100 * count) / of).toFixed(1)} %`);
    const cells = [
      `${first}, ${second}`,
      `${size.roundCount} × ${size.samplesPerBlock}`,
      percent(counts.held, claimed),
      percent(counts.missing, trialCount),
      percent(counts.width, claimed),
      percent(counts.decided, trialCount),
      percent(counts.wrong, trialCount),
      percent(counts.medianHeld, trialCount),
    ];
    console.log(cells.join(' | '));
  }
}
if (!isAsExpected) process.exitCode = 1;
