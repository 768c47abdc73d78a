/** What tests of charts read from a configuration, and the colours that they draw with. */
import type { ChartInk } from '../../src/renderer/charts/chart-ink.ts';

export const ink: ChartInk = {
  text: '#111111',
  faint: '#666666',
  grid: '#dddddd',
  ground: '#ffffff',
  series: ['#0000aa', '#aa0000'],
  fontFamily: 'sans-serif',
};

export function axisOf(configuration: { options?: object | undefined }, id: 'x' | 'y'): { min: number; max: number } {
  const { scales } = configuration.options as { scales: Record<string, { min: number; max: number }> };
  const axis = scales[id];
  if (!axis) throw new Error(`There is no axis ${id}.`);
  return axis;
}

export function annotationsOf(configuration: { options?: object | undefined }): { type: string }[] {
  const { plugins } = configuration.options as {
    plugins: { annotation: { annotations: { type: string }[] } };
  };
  return plugins.annotation.annotations;
}

type Point = { x: number; y: number; xMin?: number; xMax?: number; yMin?: number; yMax?: number };

export function pointsOf(data: unknown): Point[] {
  return data as Point[];
}
