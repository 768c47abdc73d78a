/** What continuous use came to in words, the same on screen, in the terminal and in reports. */
import { formatDuration, formatMs, formatPercent } from '../format.ts';
import type { RunDetails, SustainedWindow } from '../run-record.ts';
import { FEWEST_BLOCKS, FEWEST_SAMPLES } from '../statistics/stability.ts';
import { sustainedChange } from '../sustained-change.ts';

/** Changes below this show as none: a tenth of the windows is a small sample. */
const SMALLEST_CHANGE = 0.005;

/** `1.20 ms at first, 1.50 ms at the end of 1 min: 25.0 % slower`; null where there was none. */
export function sustainedText(windows: readonly SustainedWindow[]): string | null {
  const found = sustainedChange(windows);
  if (found === null) return null;
  const { durationMs, startMs, endMs } = found;
  const change = endMs / startMs - 1;
  const words =
    Math.abs(change) < SMALLEST_CHANGE
      ? 'no change'
      : `${formatPercent(Math.abs(change))} ${change > 0 ? 'slower' : 'faster'}`;
  return `${formatMs(startMs)} at first, ${formatMs(endMs)} at the end of ${formatDuration(durationMs)}: ${words}`;
}

/** Whether the times of continuous use can be relied on. */
export type SustainedVerdict = 'stable' | 'may not repeat' | 'too short to judge';

export function sustainedVerdict({
  sustained,
  sustainedReasons,
}: Pick<RunDetails, 'sustained' | 'sustainedReasons'>): SustainedVerdict {
  if (sustainedReasons.length > 0) return 'may not repeat';
  const sampleCount = sustained.reduce((sum, window) => sum + window.sampleCount, 0);
  return sampleCount < FEWEST_SAMPLES || sustained.length < FEWEST_BLOCKS ? 'too short to judge' : 'stable';
}
