/** Names beside the points of a chart, placed so that they cover neither one another, nor points, nor their intervals. */
import type { Chart, Plugin, PointStyle } from 'chart.js';
import { drawPoint } from 'chart.js/helpers';
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
  /** The point's own look, small, before its name: in a crowd a place alone does not tell whose name it is. */
  mark: { colour: string; pointStyle: PointStyle };
  number: number;
  /** Null where there is room for the number only. */
  name: string | null;
};

/** A line that no name should stand on, in the units of the axes, with as much room beside it. */
export type LineToAvoid = {
  from: readonly [x: number, y: number];
  to: readonly [x: number, y: number];
  marginPx?: number;
};

const MARK_RADIUS = 4;
const MARK_WIDTH = 2 * MARK_RADIUS + 4;
const FONT: Font = { size: FONT_SIZE };
/** Of the chart's width. */
const LARGEST_SHARE = 0.36;

export function createDirectLabels(
  labels: readonly DirectLabel[],
  options: { ink: ChartInk; lines: readonly LineToAvoid[] },
): Plugin {
  const { ink, lines } = options;
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
          width: MARK_WIDTH + textWidth(texts[index] ?? '', FONT),
        })),
        chartArea,
        [
          ...labels.flatMap((label) => intervalBoxes(label, mapX, mapY)),
          ...lines.map((line) => boxOfLine(line, mapX, mapY)),
        ],
      );
      ctx.save();
      ctx.font = `${FONT.size}px ${ink.fontFamily}`;
      ctx.lineJoin = 'round';
      for (const [index, { x, baseline, anchor }] of placed.entries()) {
        const text = texts[index] ?? '';
        const width = MARK_WIDTH + ctx.measureText(text).width;
        const left = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2;
        ctx.strokeStyle = ink.ground;
        ctx.fillStyle = ink.text;
        ctx.lineWidth = 3;
        ctx.strokeText(text, left + MARK_WIDTH, baseline);
        ctx.fillText(text, left + MARK_WIDTH, baseline);
        const mark = labels[index]?.mark;
        if (mark) drawMark(ctx, mark, { x: left + MARK_RADIUS, y: baseline - MARK_RADIUS });
      }
      ctx.restore();
    },
  };
}

function drawMark(
  ctx: CanvasRenderingContext2D,
  { colour, pointStyle }: DirectLabel['mark'],
  { x, y }: { x: number; y: number },
): void {
  ctx.fillStyle = colour;
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1;
  drawPoint(ctx, { pointStyle, radius: MARK_RADIUS, rotation: 0, borderWidth: 1 }, x, y);
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

function boxOfLine(
  { from, to, marginPx = 1 }: LineToAvoid,
  mapX: (value: number) => number,
  mapY: (value: number) => number,
): Box {
  const [xs, ys] = [
    [mapX(from[0]), mapX(to[0])],
    [mapY(from[1]), mapY(to[1])],
  ] as const;
  return {
    left: Math.min(...xs) - marginPx,
    right: Math.max(...xs) + marginPx,
    top: Math.min(...ys) - marginPx,
    bottom: Math.max(...ys) + marginPx,
  };
}
