/** Warm-up: run until it no longer gets faster. The runs and the clock are passed in. */
import type { TimedRuns, TimingRequest } from '../interfaces/timed-session.ts';
import { median } from '#shared/statistics/quantile.ts';

/** A window is so long that timer noise and single interruptions do not decide over it. */
const WINDOW_MS = 60;
const WINDOW_RUNS = 5;
/** A window counts as faster when its median lies so much below the best one before. */
const IMPROVEMENT = 0.01;
/** So many windows without improvement end the warm-up. */
const PATIENCE = 5;

/**
 * Stops when the medians of windows of runs no longer fall, or at the limit. A run that takes longer than the limit is done
 * once.
 * @param now monotonic time, milliseconds
 * @returns `lastRunMs`: median of the last window
 */
export async function warmUp(options: {
  limitMs: number;
  timeRuns: (request: TimingRequest) => Promise<TimedRuns>;
  now: () => number;
}): Promise<{ runCount: number; lastRunMs: number }> {
  const { limitMs, timeRuns, now } = options;
  const startMs = now();
  let runCount = 0;
  let bestMs = Infinity;
  let windowsWithoutImprovement = 0;
  for (;;) {
    const window = { settleRuns: 0, minimumSamples: WINDOW_RUNS, durationMs: WINDOW_MS };
    const { samplesMs } = await timeRuns({ ...window, limitMs: startMs + limitMs - now() });
    runCount += samplesMs.length;
    const lastRunMs = median(samplesMs);
    windowsWithoutImprovement = lastRunMs < bestMs * (1 - IMPROVEMENT) ? 0 : windowsWithoutImprovement + 1;
    bestMs = Math.min(bestMs, lastRunMs);
    if (windowsWithoutImprovement >= PATIENCE || now() - startMs >= limitMs) return { runCount, lastRunMs };
  }
}
