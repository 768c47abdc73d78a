/**
 * How often a rate is called rightly: queues whose 99th percentile is known are held against exactly that as the bound, where either
 * verdict is wrong. Beside it the same requests judged as if they were independent, once at the end, as LoadGen's early stopping does. Ends
 * with status 1 when a verdict is wrong more than 5 times in 100, chance in the number of trials allowed for.
 *
 *   node bench/queue-simulation.ts [--trials 1000]
 */
import { parseArgs } from 'node:util';
import { drawArrivals, simulateQueue } from '#shared/scenarios/queue.ts';
import { betaCumulative } from '#shared/statistics/beta.ts';
import { judgeLateShare, planLooks } from '#shared/statistics/late-share.ts';
import { quantileOfSorted, sortAscending } from '#shared/statistics/quantile.ts';
import { createRandom } from '#shared/statistics/random.ts';

const { values } = parseArgs({ options: { trials: { type: 'string', default: '1000' } } });
const trialCount = Number(values.trials);
const MOST_WRONG = 0.05;
/** For the percentile of a queue without a formula. */
const TRUTH_COUNT = 4_000_000;
const PERCENTILE = 0.99;
const CONFIDENCE = 0.95;

type World = { name: string; isRandom: boolean; load: number; instanceCount: number };
const worlds: World[] = [
  { name: 'M/D/1', isRandom: false, load: 0.5, instanceCount: 1 },
  { name: 'M/D/1', isRandom: false, load: 0.8, instanceCount: 1 },
  { name: 'M/D/1', isRandom: false, load: 0.95, instanceCount: 1 },
  { name: 'M/M/1', isRandom: true, load: 0.5, instanceCount: 1 },
  { name: 'M/M/1', isRandom: true, load: 0.8, instanceCount: 1 },
  { name: 'M/M/2', isRandom: true, load: 0.8, instanceCount: 2 },
];
const sizes = [700, 2000, 6000];

/** Run times have a mean of 1 ms. */
function latenciesOf({ isRandom, load, instanceCount }: World, count: number, seed: number): Float64Array {
  const random = createRandom(seed + 1);
  const arrivalsMs = drawArrivals({ ratePerSecond: 1000 * load * instanceCount, count, seed });
  return simulateQueue(arrivalsMs, { instanceCount, serviceMs: () => (isRandom ? -Math.log(1 - random()) : 1) });
}

function isHeldNaively(latencies: Float64Array, boundMs: number): boolean {
  const late = latencies.filter((value) => value > boundMs).length;
  return betaCumulative(1 - PERCENTILE, late + 1, latencies.length - late) >= CONFIDENCE;
}

let isWrong = false;
console.log('queue, load | requests | held, wrongly % | not held, wrongly % | held, wrongly %, as if independent');
for (const world of worlds) {
  const latencyBoundMs = quantileOfSorted(sortAscending(latenciesOf(world, TRUTH_COUNT, 99)), PERCENTILE);
  for (const size of sizes) {
    const rule = { latencyBoundMs, percentile: PERCENTILE, confidence: CONFIDENCE, plannedCount: size };
    const counts = { holds: 0, 'does-not-hold': 0, undecided: 0 };
    let naiveCount = 0;
    for (let trial = 0; trial < trialCount; trial += 1) {
      const latencies = latenciesOf(world, size, 1000 + 2 * trial);
      const verdicts = planLooks(size).map((look) => () => judgeLateShare(latencies.subarray(0, look), rule).verdict);
      let verdict: keyof typeof counts = 'undecided';
      for (const judge of verdicts) if (verdict === 'undecided') verdict = judge();
      counts[verdict] += 1;
      if (isHeldNaively(latencies, latencyBoundMs)) naiveCount += 1;
    }
    const percent = (count: number): string => ((100 * count) / trialCount).toFixed(1);
    console.log(
      `${world.name} ${world.load} | ${size} | ${percent(counts.holds)} | ${percent(counts['does-not-hold'])} | ${percent(naiveCount)}`,
    );
    const chance = 2 * Math.sqrt((MOST_WRONG * (1 - MOST_WRONG)) / trialCount);
    isWrong ||= Math.max(counts.holds, counts['does-not-hold']) / trialCount > MOST_WRONG + chance;
  }
}
process.exitCode = isWrong ? 1 : 0;
