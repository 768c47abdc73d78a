/** Times of arrival, and what a first-come-first-served queue makes of them. */
import { createRandom } from '../statistics/random.ts';

/**
 * A Poisson process: gaps are exponential with the mean of 1 / rate.
 * @param count how many arrivals
 * @returns milliseconds since the start, rising; the same for the same seed
 */
export function drawArrivals({
  ratePerSecond,
  count,
  seed,
}: {
  ratePerSecond: number;
  count: number;
  seed: number;
}): Float64Array {
  const random = createRandom(seed);
  const meanGapMs = 1000 / ratePerSecond;
  let atMs = 0;
  return Float64Array.from({ length: count }, () => {
    atMs -= Math.log(1 - random()) * meanGapMs;
    return atMs;
  });
}

/**
 * Latency of each request, milliseconds from its arrival to its answer, when each is begun in the order of arrival by whichever
 * instance is free first (the recursion of Kiefer & Wolfowitz 1955).
 * @param serviceMs called once for each request, in order
 */
export function simulateQueue(
  arrivalsMs: ArrayLike<number>,
  { serviceMs, instanceCount }: { serviceMs: () => number; instanceCount: number },
): Float64Array {
  const freeAtMs = Array.from<number>({ length: instanceCount }).fill(0);
  return Float64Array.from(arrivalsMs, (arrivalMs) => {
    const next = freeAtMs.indexOf(Math.min(...freeAtMs));
    const endMs = Math.max(arrivalMs, freeAtMs[next] as number) + serviceMs();
    freeAtMs[next] = endMs;
    return endMs - arrivalMs;
  });
}

/** Most requests at one time that have arrived and are not begun. */
export function longestQueue(arrivalsMs: ArrayLike<number>, begunMs: ArrayLike<number>): number {
  const begun = Float64Array.from(begunMs).sort();
  let longest = 0;
  let begunCount = 0;
  for (let arrived = 0; arrived < begun.length; arrived += 1) {
    const nowMs = arrivalsMs[arrived] as number;
    while (begunCount < begun.length && (begun[begunCount] as number) <= nowMs) begunCount += 1;
    longest = Math.max(longest, arrived + 1 - begunCount);
  }
  return longest;
}
