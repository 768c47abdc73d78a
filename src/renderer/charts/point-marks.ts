/** How points with intervals look where throughput is drawn, and the ring around the one that is chosen. */
import type { ChartInk } from './chart-ink.ts';

export const POINT_RADIUS = 5.5;
export const RING_RADIUS = 10;

/** Everything of a dataset of points but its data and what fills them. */
export function pointMarks(colour: string, ink: ChartInk) {
  return {
    clip: false as const,
    order: 10,
    radius: POINT_RADIUS,
    hoverRadius: POINT_RADIUS + 1,
    hitRadius: 4,
    borderColor: colour,
    borderWidth: 1.6,
    errorBarColor: ink.text,
    errorBarWhiskerColor: ink.text,
    errorBarLineWidth: 1.2,
    errorBarWhiskerLineWidth: 1.2,
    errorBarWhiskerSize: 7,
  };
}

export function ringDataset(label: string, place: { x: number; y: number }, ink: ChartInk) {
  return {
    label,
    data: [place as never],
    clip: false as const,
    order: 5,
    pointStyle: 'circle' as const,
    radius: RING_RADIUS,
    hoverRadius: RING_RADIUS,
    hitRadius: 0,
    borderColor: ink.text,
    borderWidth: 1.6,
    backgroundColor: 'transparent',
  };
}
