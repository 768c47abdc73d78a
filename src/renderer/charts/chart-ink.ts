/** Colours of a chart: a canvas reads no style sheet, so they are handed in. */
import type { SeriesMark } from '#shared/charts/series-marks.ts';

export type ChartInk = {
  text: string;
  /** Ticks, axis titles, what is secondary. */
  faint: string;
  grid: string;
  /** What the chart stands on; also the halo of words that cross lines. */
  ground: string;
  series: readonly string[];
  fontFamily: string;
};

export function colourOf(mark: Pick<SeriesMark, 'colourIndex'>, ink: ChartInk): string {
  return ink.series[mark.colourIndex % ink.series.length] ?? ink.text;
}

/** @param colour `#rrggbb` */
export function withOpacity(colour: string, opacity: number): string {
  const alpha = Math.round(opacity * 255)
    .toString(16)
    .padStart(2, '0');
  return `${colour}${alpha}`;
}
