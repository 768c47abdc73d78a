/** What continuous use came to: how fast it was at first, and at the end. Pure. */
import type { SustainedWindow } from './run-record.ts';
import { median } from './statistics/quantile.ts';

const WINDOW_MS = 1000;

/** Medians of the first and of the last tenth of the windows, at least one each. */
export type SustainedChange = { durationMs: number; startMs: number; endMs: number };

/** @returns null where there was none */
export function sustainedChange(windows: readonly SustainedWindow[]): SustainedChange | null {
  const [first] = windows;
  const last = windows.at(-1);
  if (!first || !last) return null;
  const size = Math.max(1, Math.floor(windows.length / 10));
  return {
    durationMs: last.startedAtMs - first.startedAtMs + WINDOW_MS,
    startMs: median(windows.slice(0, size).map(({ medianMs }) => medianMs)),
    endMs: median(windows.slice(-size).map(({ medianMs }) => medianMs)),
  };
}
