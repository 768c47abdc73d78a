/** One block of consecutive timed runs. The run and the clock are passed in. */
import type { TimedRuns, TimingRequest } from '../interfaces/timed-session.ts';

/**
 * @param runOnce runs once and gives its time in milliseconds
 * @param now monotonic time, milliseconds
 * @returns every sample in the order measured; nothing is dropped
 */
export async function measureBlock(
  request: TimingRequest,
  options: { runOnce: () => Promise<number>; now: () => number; wallClock: () => number },
): Promise<TimedRuns> {
  const { runOnce, now } = options;
  const { limitMs = Infinity } = request;
  for (let run = 0; run < request.settleRuns; run += 1) await runOnce();
  const startedAtMs = options.wallClock();
  const samples: number[] = [];
  const startMs = now();
  let elapsedMs = 0;
  // At least one, however short the block was meant to be.
  do {
    samples.push(await runOnce());
    elapsedMs = now() - startMs;
  } while (elapsedMs < limitMs && (samples.length < request.minimumSamples || elapsedMs < request.durationMs));
  return { startedAtMs, samplesMs: Float64Array.from(samples) };
}
