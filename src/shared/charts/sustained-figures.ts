/** What a chart of continuous use shows of each second, or of several, and on which scale. */
import type { SustainedWindow } from '../run-record.ts';
import { median } from '../statistics/quantile.ts';
import { driftDomain } from './block-figures.ts';
import { extent } from './scale.ts';

/** @param seconds since continuous use began. Times in milliseconds */
export type SustainedFigures = { seconds: number; lower: number; median: number; upper: number };

export const SUSTAINED_SCALE_REMARK = 'The scale spans at least ±10 % of the median and does not start at zero.';

/**
 * Quartiles of each second. Where there are more than `most`, neighbours are taken together: the median of their medians, and from the lowest to the
 * highest of their quartiles, so that a short slowdown is not hidden.
 * @param windows in the order measured
 */
export function sustainedFigures(windows: readonly SustainedWindow[], most: number): SustainedFigures[] {
  const startMs = windows[0]?.startedAtMs ?? 0;
  const size = Math.max(1, Math.ceil(windows.length / most));
  return Array.from({ length: Math.ceil(windows.length / size) }, (_, index) => {
    const part = windows.slice(index * size, (index + 1) * size);
    return {
      seconds: ((part[0]?.startedAtMs ?? startMs) - startMs) / 1000,
      median: median(part.map(({ medianMs }) => medianMs)),
      lower: extent(part.map(({ lowerMs }) => lowerMs))[0],
      upper: extent(part.map(({ upperMs }) => upperMs))[1],
    };
  });
}

/** @param figures at least one */
export function sustainedDomain(figures: readonly SustainedFigures[]): [number, number] {
  return driftDomain(median(figures.map((figure) => figure.median)), figures);
}
