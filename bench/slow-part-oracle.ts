/**
 * Why a machine of which a part wanders slowly is not held by the intervals of 40 rounds: nobody could tell. Blocks of two made-up machines differ by 5 %: on
 * one independently, on the other a third of that (of its variance) wanders, and 1/e of it is remembered after twelve blocks. An oracle knows both machines
 * exactly, and is not told on which of them a run was measured; it reckons with the second one at different odds. Prints how often its 95 %
 * interval of the centre holds the truth on both, and how often the interval that Whittle gives does, which knows nothing of them.
 *
 *   node bench/slow-part-oracle.ts [--trials 1000]
 */
import { parseArgs } from 'node:util';
import { fitWandering } from '#shared/statistics/centre-possibilities.ts';
import { dependenceStretch } from '#shared/statistics/dependence-stretch.ts';
import { normalCumulative, studentQuantile } from '#shared/statistics/distributions.ts';
import { createRandom } from '#shared/statistics/random.ts';
import { normal, type Random } from './simulation/worlds.ts';

const { values } = parseArgs({ options: { trials: { type: 'string', default: '1000' } } });
const trialCount = Number(values.trials);
const SPREAD = 0.05;
const MEMORY = Math.exp(-1 / 12);
const odds = [0.1, 0.3, 0.5];

function levelsOf(random: Random, count: number, slowShare: number): number[] {
  let slow = normal(random);
  return Array.from({ length: count }, () => {
    const level = SPREAD * (Math.sqrt(slowShare) * slow + Math.sqrt(1 - slowShare) * normal(random));
    slow = MEMORY * slow + Math.sqrt(1 - MEMORY ** 2) * normal(random);
    return level;
  });
}

/** Centre, its standard error and the logarithm of the likelihood, for a machine that is known. */
function fitKnown(
  levels: readonly number[],
  slowShare: number,
): { centre: number; error: number; logLikelihood: number } {
  const [wandering, noise] = [SPREAD ** 2 * slowShare, SPREAD ** 2 * (1 - slowShare)];
  const { centre, information, squares, logDeterminant } = fitWandering(levels, { noise, wandering, memory: MEMORY });
  const logLikelihood = -(logDeterminant + Math.log(information) + squares) / 2;
  return { centre, error: 1 / Math.sqrt(information), logLikelihood };
}

/** Whether 0 lies within the oracle's interval around the mean, at these odds for the slow machine. */
function isHeldByOracle(levels: readonly number[], slowOdds: number): boolean {
  const [alone, slow] = [fitKnown(levels, 0), fitKnown(levels, 1 / 3)];
  const weight = 1 / (1 + ((1 - slowOdds) / slowOdds) * Math.exp(alone.logLikelihood - slow.logLikelihood));
  const mean = Math.abs(alone.centre);
  const slowError = Math.hypot(slow.error, slow.centre - alone.centre);
  const beyond =
    2 * (weight * normalCumulative(-mean / slowError) + (1 - weight) * normalCumulative(-mean / alone.error));
  return beyond >= 0.05;
}

/** Noise of samples far below what blocks differ by, as of 80 samples of 2 %. */
function isHeldByOurs(levels: readonly number[], random: Random): boolean {
  const count = levels.length;
  const parts = levels.map((level) => Array.from({ length: 5 }, () => level + 0.006 * normal(random)));
  const mean = levels.reduce((sum, level) => sum + level, 0) / count;
  const variance = levels.reduce((sum, level) => sum + (level - mean) ** 2, 0) / (count - 1);
  const halfWidth = studentQuantile(0.975, count - 1) * Math.sqrt(variance / count);
  return Math.abs(mean) <= dependenceStretch(parts, { kind: 'times' }) * halfWidth;
}

console.log(
  `${trialCount} trials, per cent: how often the truth is held where blocks differ independently / where a third wanders\n`,
);
console.log(`blocks  ${odds.map((slowOdds) => `oracle at ${slowOdds}`.padStart(16)).join('')}          Whittle`);
for (const count of [20, 40, 60, 120, 200]) {
  const random = createRandom(5);
  const share = (isHeld: (levels: readonly number[]) => boolean): string =>
    [0, 1 / 3]
      .map((slowShare) => {
        const held = Array.from({ length: trialCount }, () => isHeld(levelsOf(random, count, slowShare)));
        return ((100 * held.filter(Boolean).length) / trialCount).toFixed(1);
      })
      .join(' / ')
      .padStart(16);
  const oracle = odds.map((slowOdds) => share((levels) => isHeldByOracle(levels, slowOdds)));
  console.log(`${String(count).padEnd(8)}${oracle.join('')} ${share((levels) => isHeldByOurs(levels, random))}`);
}
