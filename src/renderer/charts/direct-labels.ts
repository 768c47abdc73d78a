/** Names beside the points of a chart, placed so that they cover neither one another, nor points, nor their intervals. */
import type { Chart, Plugin } from 'chart.js';
import { fitName, type Font, textWidth } from '#shared/charts/chart-text.ts';
import { type Box, placeLabels } from '#shared/charts/place-labels.ts';
import type { ChartInk } from './chart-ink.ts';
import { FONT_SIZE } from './base-options.ts';

export type DirectLabel = {
  /** In the units of the axes. */
  x: number;
  y: number;
  radiusPx: number;
  xInterval: readonly [number, number] | null;
  yInterval: readonly [number, number] | null;
  number: number;
  /** Null where there is room for the number only. */
  name: string | null;
};

const FONT: Font = { size: FONT_SIZE };
/** Of the chart's width. */
const LARGEST_SHARE = 0.36;

export function createDirectLabels(labels: readonly DirectLabel[], options: { ink: ChartInk }): Plugin {
  const { ink } = options;
  return {
    id: 'directLabels',
    afterDatasetsDraw(chart: Chart) {
      const { ctx, chartArea, scales } = chart;
      const [xScale, yScale] = [scales['x'], scales['y']];
      if (!xScale || !yScale) return;
      const texts = textsOf(labels, chartArea.width * LARGEST_SHARE);
      const [mapX, mapY] = [xScale, yScale].map((scale) => (value: number) => scale.getPixelForValue(value));
      if (!mapX || !mapY) return;
      const placed = placeLabels(
        labels.map((label, index) => ({
          x: mapX(label.x),
          y: mapY(label.y),
          radius: label.radiusPx,
          width: textWidth(texts[index] ?? '', FONT),
        })),
        chartArea,
        labels.flatMap((label) => intervalBoxes(label, mapX, mapY)),
      );
      ctx.save();
      ctx.font = `${FONT.size}px ${ink.fontFamily}`;
      ctx.lineJoin = 'round';
      ctx.lineWidth = 3;
      ctx.strokeStyle = ink.ground;
      ctx.fillStyle = ink.text;
      for (const [index, { x, baseline, anchor }] of placed.entries()) {
        ctx.textAlign = anchor === 'middle' ? 'center' : anchor;
        ctx.strokeText(texts[index] ?? '', x, baseline);
        ctx.fillText(texts[index] ?? '', x, baseline);
      }
      ctx.restore();
    },
  };
}

function textsOf(labels: readonly DirectLabel[], width: number): string[] {
  const others = labels.flatMap(({ name }) => name ?? []);
  return labels.map(({ number, name }) =>
    name === null ? `#${number}` : `#${number} ${fitName(name, { width, font: FONT, others })}`,
  );
}

function intervalBoxes(label: DirectLabel, mapX: (value: number) => number, mapY: (value: number) => number): Box[] {
  const [x, y] = [mapX(label.x), mapY(label.y)];
  const horizontal = label.xInterval && {
    left: mapX(label.xInterval[0]) - 1,
    right: mapX(label.xInterval[1]) + 1,
    top: y - 1,
    bottom: y + 1,
  };
  const vertical = label.yInterval && {
    left: x - 1,
    right: x + 1,
    top: mapY(label.yInterval[1]) - 1,
    bottom: mapY(label.yInterval[0]) + 1,
  };
  return [horizontal, vertical].filter((box) => box !== null);
}
