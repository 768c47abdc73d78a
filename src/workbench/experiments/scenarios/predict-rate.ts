/** Where the search for the highest rate begins: what a queue of the measured run times would hold. */
import { drawArrivals, simulateQueue } from '#shared/scenarios/queue.ts';
import { createRandom } from '#shared/statistics/random.ts';
import { quantileOfSorted, sortAscending } from '#shared/statistics/quantile.ts';

const REQUEST_COUNT = 5000;
const STEPS = 12;
const LOWEST_SHARE = 0.01;
const HIGHEST_SHARE = 0.99;

/**
 * Bisection over rates, each simulated with the same draws. Only the first rate that is tried comes from it: in it run times are independent
 * and instances do not disturb each other, which is not so.
 * @param serviceMs times of runs without a pause
 */
export function predictRate(options: {
  serviceMs: readonly number[];
  instanceCount: number;
  capacityPerSecond: number;
  latencyBoundMs: number;
  percentile: number;
  seed: number;
}): number {
  const { serviceMs, instanceCount, capacityPerSecond, latencyBoundMs, percentile, seed } = options;
  const holds = (ratePerSecond: number): boolean => {
    const random = createRandom(seed);
    const latencies = simulateQueue(drawArrivals({ ratePerSecond, count: REQUEST_COUNT, seed }), {
      instanceCount,
      serviceMs: () => serviceMs[Math.floor(random() * serviceMs.length)] as number,
    });
    return quantileOfSorted(sortAscending(latencies), percentile) <= latencyBoundMs;
  };
  let low = Math.log(LOWEST_SHARE * capacityPerSecond);
  let high = Math.log(HIGHEST_SHARE * capacityPerSecond);
  for (let step = 0; step < STEPS; step += 1) {
    const middle = (low + high) / 2;
    if (holds(Math.exp(middle))) low = middle;
    else high = middle;
  }
  return Math.exp(low);
}
