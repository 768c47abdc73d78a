/** What all charts share: words, axes and tooltips in the colours of the scheme, and no movement. */
import type { CartesianScaleOptions, CoreChartOptions, Scale as ChartScale, TooltipOptions } from 'chart.js';
import type { Scale } from '#shared/charts/scale.ts';
import type { ChartInk } from './chart-ink.ts';

export const FONT_SIZE = 11.5;
export const TICK_FONT_SIZE = 11;

export function baseOptions(ink: ChartInk) {
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    color: ink.text,
    font: { family: ink.fontFamily, size: FONT_SIZE },
  } satisfies Partial<CoreChartOptions<'scatter'>>;
}

/** @param content.title of the axis, with its unit; null for none */
export function axisOptions(scale: Scale, ink: ChartInk, content: { title: string | null }) {
  const { title } = content;
  return {
    type: scale.isLogarithmic ? ('logarithmic' as const) : ('linear' as const),
    min: scale.domain[0],
    max: scale.domain[1],
    border: { color: ink.faint },
    grid: { color: ink.grid, tickLength: 4, tickColor: ink.grid },
    title: { display: title !== null, text: title ?? '', color: ink.faint, font: { size: TICK_FONT_SIZE } },
    ticks: {
      color: ink.faint,
      font: { size: TICK_FONT_SIZE },
      autoSkip: true,
      autoSkipPadding: 8,
      maxRotation: 0,
      callback: labelOfTick,
    },
    afterBuildTicks: (axis: ChartScale) => void (axis.ticks = scale.ticks.map((tick) => ({ ...tick }))),
  };
}

/** The ticks bring their labels along. */
export function labelOfTick(_value: unknown, index: number, ticks: readonly { label?: string | string[] }[]): string {
  const label = ticks[index]?.label;
  return typeof label === 'string' ? label : '';
}

/** Words above the chart, at its left. */
export function titleOptions(ink: ChartInk, text: string) {
  return {
    display: true,
    text,
    align: 'start' as const,
    color: ink.faint,
    font: { size: TICK_FONT_SIZE, weight: 'normal' as const },
    padding: { top: 2, bottom: 18 },
  };
}

/** An axis that only places rows under one another. */
export function rowAxisOptions(rowCount: number) {
  return {
    type: 'linear' as const,
    min: 0,
    // Room between the last row and the axis.
    max: rowCount + 0.1,
    reverse: true,
    display: false,
  } satisfies Partial<CartesianScaleOptions> & Record<string, unknown>;
}

export function tooltipOptions(ink: ChartInk) {
  return {
    backgroundColor: ink.ground,
    borderColor: ink.faint,
    borderWidth: 1,
    titleColor: ink.text,
    bodyColor: ink.text,
    displayColors: false,
    cornerRadius: 4,
    caretSize: 0,
    caretPadding: 8,
    titleFont: { size: FONT_SIZE },
    bodyFont: { size: FONT_SIZE },
  } satisfies Partial<TooltipOptions<'scatter'>>;
}
