/**
 * Checks the intervals of p90 and p99 on synthetic data with known truth: how often they hold it, how often their upper end lies below
 * it (a bound could then be called held that is not), and how often they have no upper end.
 *
 *   node bench/percentile-simulation.ts [--trials 1000]
 */
import { parseArgs } from 'node:util';
import { percentileInterval } from '#shared/statistics/percentile-interval.ts';
import { quantileOfSorted, sortAscending } from '#shared/statistics/quantile.ts';
import { createRandom } from '#shared/statistics/random.ts';
import { simulate, type World, worlds } from './simulation/worlds.ts';

const { values } = parseArgs({ options: { trials: { type: 'string', default: '1000' } } });
const trialCount = Number(values.trials);

const cases = [
  { roundCount: 20, samplesPerBlock: 5, probability: 0.9 },
  { roundCount: 20, samplesPerBlock: 50, probability: 0.9 },
  { roundCount: 20, samplesPerBlock: 50, probability: 0.99 },
  { roundCount: 60, samplesPerBlock: 20, probability: 0.99 },
  { roundCount: 60, samplesPerBlock: 100, probability: 0.99 },
] as const;
type Size = (typeof cases)[number];

const LONG = 200_000;

function samplesOf(world: World, size: { roundCount: number; samplesPerBlock: number }, seed: number): number[][] {
  const { baseline } = simulate(world, { random: createRandom(seed), ...size, effect: 1 });
  return baseline.map(({ samplesMs }) => samplesMs);
}

/** Of all that a run of so many rounds may show. */
function truthOf(world: World, { roundCount, probability }: Size): number {
  const runs = Array.from({ length: LONG / roundCount / 10 }, (_, run) =>
    samplesOf(world, { roundCount, samplesPerBlock: 10 }, 99 + run),
  );
  return quantileOfSorted(sortAscending(runs.flat(2)), probability);
}

console.log('per cent of trials: the interval holds the truth, its upper end lies below it, it has no upper end\n');
for (const world of worlds) {
  for (const size of cases) {
    const truth = truthOf(world, size);
    const counts = { held: 0, below: 0, open: 0 };
    for (let trial = 0; trial < trialCount; trial += 1) {
      const interval = percentileInterval(samplesOf(world, size, 1 + trial * 7919), size.probability);
      if (interval === null) throw new Error('There are too few samples for this percentile.');
      const { ciLow, ciHigh } = interval;
      const isBelow = ciHigh !== null && ciHigh < truth;
      if (isBelow) counts.below += 1;
      if (ciHigh === null) counts.open += 1;
      if (!isBelow && (ciLow ?? 0) <= truth) counts.held += 1;
    }
    const [held, below, open] = [counts.held, counts.below, counts.open].map((count) =>
      ((100 * count) / trialCount).toFixed(1).padStart(6),
    );
    const name = `p${size.probability * 100}, ${size.roundCount} × ${size.samplesPerBlock}`;
    console.log(`${world.name.padEnd(24)}${name.padEnd(16)}${held}${below}${open}`);
  }
}
