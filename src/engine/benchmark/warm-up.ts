/** Warm-up: run until it no longer gets faster. The run and the clock are passed in. */
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
 * @param runOnce runs once and gives its time in milliseconds
 * @param now monotonic time, milliseconds
 * @returns `lastRunMs`: median of the last window
 */
export async function warmUp(options: {
  limitMs: number;
  runOnce: () => Promise<number>;
  now: () => number;
}): Promise<{ runCount: number; lastRunMs: number }> {
  const { limitMs, runOnce, now } = options;
  const startMs = now();
  let runCount = 0;
  let bestMs = Infinity;
  let windowsWithoutImprovement = 0;
  for (;;) {
    const windowStartMs = now();
    const times: number[] = [];
    do {
      times.push(await runOnce());
    } while (now() - startMs < limitMs && (times.length < WINDOW_RUNS || now() - windowStartMs < WINDOW_MS));
    runCount += times.length;
    const lastRunMs = median(times);
    windowsWithoutImprovement = lastRunMs < bestMs * (1 - IMPROVEMENT) ? 0 : windowsWithoutImprovement + 1;
    bestMs = Math.min(bestMs, lastRunMs);
    if (windowsWithoutImprovement >= PATIENCE || now() - startMs >= limitMs) return { runCount, lastRunMs };
  }
}
