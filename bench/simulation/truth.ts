/** What the intervals of a simulated world should hold, from a very long simulation of it. */
import { median } from '#shared/statistics/quantile.ts';
import { createRandom } from '#shared/statistics/random.ts';
import { simulate, type World } from './worlds.ts';

const LONG = 40_000;

/** The median of all that the baseline may show in a run of so many rounds. */
export function trueMedianMs(world: World, roundCount: number): number {
  const random = createRandom(99);
  const samples: number[] = [];
  for (let run = 0; run < LONG / roundCount; run += 1) {
    const { baseline } = simulate(world, { random, roundCount, samplesPerBlock: 10, effect: 1 });
    for (const block of baseline) for (const value of block.samplesMs) samples.push(value);
  }
  return median(samples);
}

/** What Hodges–Lehmann estimates: the median of the mean of two log ratios; 1 where ratios are symmetric. */
export function trueRatio(world: World, size: { samplesPerBlock: number }): number {
  if (world.isSymmetric) return 1;
  const random = createRandom(7);
  const { baseline, candidate } = simulate(world, {
    random,
    roundCount: LONG,
    samplesPerBlock: size.samplesPerBlock,
    effect: 1,
  });
  const logRatios = baseline.map((block, round) =>
    Math.log(median(block.samplesMs) / median(candidate[round]?.samplesMs ?? [])),
  );
  const means: number[] = [];
  for (let step = 1; step <= 20; step += 1) {
    for (let index = 0; index + step < LONG; index += 1) {
      means.push(((logRatios[index] as number) + (logRatios[index + step] as number)) / 2);
    }
  }
  return Math.exp(median(means));
}
