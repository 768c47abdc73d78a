/** One block of consecutive timed runs. The run and the clock are passed in. */

export type BlockRequest = { durationMs: number; minimumSamples: number; settleRuns: number };

/**
 * @param runOnce runs once and gives its time in milliseconds
 * @param now monotonic time, milliseconds
 * @returns every sample in the order measured; nothing is dropped
 */
export async function measureBlock(
  request: BlockRequest,
  options: { runOnce: () => Promise<number>; now: () => number; wallClock: () => number },
): Promise<{ startedAtMs: number; samplesMs: Float64Array }> {
  const { runOnce, now } = options;
  for (let run = 0; run < request.settleRuns; run += 1) await runOnce();
  const startedAtMs = options.wallClock();
  const samples: number[] = [];
  const startMs = now();
  // At least one, however short the block was meant to be.
  do {
    samples.push(await runOnce());
  } while (samples.length < request.minimumSamples || now() - startMs < request.durationMs);
  return { startedAtMs, samplesMs: Float64Array.from(samples) };
}
