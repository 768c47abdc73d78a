/** Time in which an engine could have been heard. */

/** So much of a wait counts at once. */
const STEP_MS = 1000;
/** A timer that is later than this did not run, nor did what would have heard the engine. */
const LATE_MS = 1000;

/**
 * Calls back after so many milliseconds, of which those do not count in which this process did not run: ctrl-Z in a terminal stops the workbench
 * together with its engines, and whoever goes on an hour later has not waited for an answer for an hour.
 * @returns ends it
 */
export function countSilence(
  limitMs: number,
  onSilence: () => void,
  now: () => number = () => performance.now(),
): () => void {
  let timer: NodeJS.Timeout | undefined;
  const wait = (leftMs: number): void => {
    const stepMs = Math.min(leftMs, STEP_MS);
    const startedMs = now();
    timer = setTimeout(() => {
      const hasRun = now() - startedMs <= stepMs + LATE_MS;
      const restMs = hasRun ? leftMs - stepMs : leftMs;
      if (restMs > 0) wait(restMs);
      else onSilence();
    }, stepMs);
  };
  wait(limitMs);
  return () => clearTimeout(timer);
}
