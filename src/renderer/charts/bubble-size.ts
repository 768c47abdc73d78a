/** Bubbles whose area, not whose radius, stands for an amount: twice the area is twice the bytes. */
import type { Shape } from '#shared/charts/series-marks.ts';

const LARGEST_RADIUS = 16;
/** Smaller ones could be neither seen nor pointed at. */
const SMALLEST_RADIUS = 3;
const UNKNOWN_RADIUS = 5;

export type BubbleScale = {
  /** Of a circle, pixels. */
  radiusOf: (bytes: number | null) => number;
  /** Bytes below which a bubble is drawn larger than it should be. */
  floorBytes: number;
  largestBytes: number;
};

export function createBubbleScale(bytes: readonly (number | null)[]): BubbleScale {
  const largestBytes = Math.max(1, ...bytes.filter((value) => value !== null));
  return {
    radiusOf: (value) =>
      value === null ? UNKNOWN_RADIUS : Math.max(SMALLEST_RADIUS, LARGEST_RADIUS * Math.sqrt(value / largestBytes)),
    floorBytes: largestBytes * (SMALLEST_RADIUS / LARGEST_RADIUS) ** 2,
    largestBytes,
  };
}

/**
 * The radius that Chart.js needs to draw a shape with the area of a circle: it inscribes squares, diamonds and triangles in
 * a circle of that radius, where they fill 2 r², 2 r² and 3√3/4 r² of its π r².
 */
export function radiusOfShape(shape: Shape, circleRadius: number): number {
  switch (shape) {
    case 'circle':
      return circleRadius;
    case 'square':
    case 'diamond':
      return circleRadius * Math.sqrt(Math.PI / 2);
    case 'triangle':
      return circleRadius * Math.sqrt((4 * Math.PI) / (3 * Math.sqrt(3)));
  }
}
