/**
 * Whole searches for the highest rate, in a time of their own, against queues whose truth is a formula: how much of it is claimed, and how
 * often too much. Ends with status 1 when more than 5 of 100 confirmed rates lie above the truth, chance allowed for.
 *
 *   node bench/rate-search.ts [--searches 100] [--seconds 120,600]
 */
import { parseArgs } from 'node:util';
import { createRandom } from '#shared/statistics/random.ts';
import { quantileOfSorted, sortAscending } from '#shared/statistics/quantile.ts';
import { rateOfConstant, rateOfExponential } from '../tests/fakes/queue-truth.ts';
import { searchVirtually } from '../tests/fakes/virtual-search.ts';

const { values } = parseArgs({
  options: { searches: { type: 'string', default: '100' }, seconds: { type: 'string', default: '120,600' } },
});
const searchCount = Number(values.searches);
const MEAN_MS = 2;
const MOST_WRONG = 0.05;

const constant = (): (() => number) => () => MEAN_MS;
function exponential(seed: number): () => number {
  const random = createRandom(seed);
  return () => -Math.log(1 - random()) * MEAN_MS;
}

const worlds = [
  { name: 'M/D/1', boundMs: 6, truth: rateOfConstant(6, MEAN_MS), service: constant },
  { name: 'M/D/1', boundMs: 20, truth: rateOfConstant(20, MEAN_MS), service: constant },
  { name: 'M/M/1', boundMs: 20, truth: rateOfExponential(20, MEAN_MS), service: exponential },
  { name: 'M/M/1', boundMs: 60, truth: rateOfExponential(60, MEAN_MS), service: exponential },
];

let isWrong = false;
console.log(
  'queue, bound | time | truth /s | confirmed % | too much % | claimed of the truth: 10th, 50th, 90th percentile | failing rate too low %',
);
for (const { name, boundMs, truth, service } of worlds) {
  for (const timeLimitSeconds of values.seconds.split(',').map(Number)) {
    const claims: number[] = [];
    let failuresTooLow = 0;
    for (let seed = 1; seed <= searchCount; seed += 1) {
      const plan = { latencyBoundMs: boundMs, timeLimitSeconds };
      const { result } = await searchVirtually(plan, { serviceMs: service(seed + 7000), medianMs: MEAN_MS, seed });
      if (result.verdict === 'confirmed' && result.ratePerSecond !== null) claims.push(result.ratePerSecond / truth);
      if ((result.failsAtPerSecond ?? Infinity) < truth) failuresTooLow += 1;
    }
    const tooMuch = claims.filter((claim) => claim > 1).length;
    const percent = (count: number): string => ((100 * count) / searchCount).toFixed(1);
    const sorted = sortAscending(claims);
    const spread =
      claims.length === 0 ? '–' : [0.1, 0.5, 0.9].map((share) => quantileOfSorted(sorted, share).toFixed(2)).join(', ');
    console.log(
      `${name} ${boundMs} ms | ${timeLimitSeconds} s | ${truth.toFixed(0)} | ${percent(claims.length)} | ${percent(tooMuch)} | ${spread} | ${percent(failuresTooLow)}`,
    );
    isWrong ||= tooMuch / searchCount > MOST_WRONG + 2 * Math.sqrt((MOST_WRONG * (1 - MOST_WRONG)) / searchCount);
  }
}
process.exitCode = isWrong ? 1 : 0;
