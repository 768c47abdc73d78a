import type { PointStyle } from 'chart.js';
import type { Shape } from '#shared/charts/series-marks.ts';

export function pointStyleOf(shape: Shape): PointStyle {
  const styles = { circle: 'circle', square: 'rect', triangle: 'triangle', diamond: 'rectRot' } as const;
  return styles[shape];
}
