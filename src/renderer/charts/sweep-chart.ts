/** Latency of a call against throughput for each way in which a model was run, and the bound as a line. */
import type { ChartDataset } from 'chart.js';
import type { AnnotationOptions } from 'chartjs-plugin-annotation';
import { MOST_NAMED_POINTS } from '#shared/charts/pareto-front.ts';
import type { LatencyBound } from '#shared/latency-bound.ts';
import { boundMsText } from '#shared/sweet-spot/point-text.ts';
import {
  type DrawnPoint,
  latencyInterval,
  latencyOf,
  type SweepFigure,
  sweepScales,
} from '#shared/sweet-spot/sweep-figure.ts';
import { axisOptions, baseOptions, FONT_SIZE, titleOptions, tooltipOptions } from './base-options.ts';
import { type ChartInk, colourOf, withOpacity } from './chart-ink.ts';
import type { ChartPicture } from './chart-picture.ts';
import { createDirectLabels, type LineToAvoid } from './direct-labels.ts';
import { POINT_RADIUS, pointMarks, RING_RADIUS, ringDataset } from './point-marks.ts';

const HEIGHT = 360;
const PADDING = 22;

export function sweepChart(
  figure: SweepFigure,
  { bound, ink }: { bound: LatencyBound | null; ink: ChartInk },
): ChartPicture<'scatterWithErrorBars'> {
  const { points, curves, front, chosen, name, facts } = figure;
  const scales = sweepScales(figure, { boundMs: bound?.ms ?? null, xRange: [0, 1], yRange: [0, 1] });
  const colourOfPoint = (point: DrawnPoint): string =>
    colourOf({ colourIndex: curves.findIndex((curve) => curve.includes(point)) }, ink);
  return {
    heightPx: HEIGHT,
    description: figure.description,
    remarks: [...figure.remarks, ...scales.remarks],
    configuration: {
      type: 'scatterWithErrorBars',
      data: {
        datasets: [
          ...points.map((point) => pointDataset(point, colourOfPoint(point), ink)),
          ...(chosen ? [ringDataset('Sweet spot', { x: latencyOf(chosen), y: yOf(chosen) }, ink)] : []),
          ...curves.flatMap((curve) => curveDataset(curve, colourOfPoint(curve[0] as DrawnPoint))),
          ...frontDataset(front, ink),
        ],
      },
      options: {
        ...baseOptions(ink),
        layout: { padding: { right: PADDING } },
        scales: {
          x: axisOptions(scales.x, ink, { title: figure.latencyTitle }),
          y: axisOptions(scales.y, ink, { title: null }),
        },
        plugins: {
          legend: { display: false },
          title: titleOptions(ink, 'Items per second ↑ better'),
          tooltip: {
            ...tooltipOptions(ink),
            filter: ({ datasetIndex }) => datasetIndex < points.length,
            callbacks: {
              title: (items) => {
                const point = points[items[0]?.datasetIndex ?? 0];
                return point ? `#${point.row.number} ${name(point)}` : '';
              },
              label: ({ datasetIndex }) => {
                const point = points[datasetIndex];
                return point ? facts(point) : '';
              },
            },
          },
          annotation: { annotations: bound === null ? [] : [boundLine(bound.ms, ink)] },
        },
      },
      plugins: [
        createDirectLabels(
          points.map((point) => ({
            x: latencyOf(point),
            y: yOf(point),
            radiusPx: point === chosen ? RING_RADIUS : POINT_RADIUS,
            xInterval: latencyInterval(point),
            yInterval: null,
            mark: { colour: colourOfPoint(point), pointStyle: 'circle' as const },
            number: point.row.number,
            name: points.length > MOST_NAMED_POINTS ? null : name(point),
          })),
          { ink, lines: [...stepsOf(front), ...(bound === null ? [] : boundObstacles(bound.ms, scales.y.domain))] },
        ),
      ],
    },
  };
}

const yOf = ({ throughputPerSecond }: DrawnPoint): number => throughputPerSecond.estimate;

function pointDataset(point: DrawnPoint, colour: string, ink: ChartInk) {
  const [xMin, xMax] = latencyInterval(point);
  const opacity = { holds: 1, undecided: 0.35, 'does-not-hold': 0 }[point.verdict ?? 'holds'];
  return {
    label: `#${point.row.number}`,
    data: [{ x: latencyOf(point), y: yOf(point), xMin, xMax } as never],
    ...pointMarks(colour, ink),
    pointStyle: 'circle' as const,
    backgroundColor: withOpacity(opacity === 0 ? ink.ground : colour, opacity === 0 ? 1 : opacity),
  };
}

function curveDataset(curve: readonly DrawnPoint[], colour: string): ChartDataset<'scatterWithErrorBars'>[] {
  if (curve.length < 2) return [];
  return [lineDataset('Rising batch', curve, { borderColor: withOpacity(colour, 0.45), borderWidth: 1.4 })];
}

/** A staircase: between two points nothing better than the earlier one is known. */
function frontDataset(front: readonly DrawnPoint[], ink: ChartInk): ChartDataset<'scatterWithErrorBars'>[] {
  if (front.length < 2) return [];
  return [
    lineDataset('Not beaten in both', front, {
      stepped: 'before',
      borderColor: ink.faint,
      borderWidth: 1.3,
      borderDash: [5, 4],
    }),
  ];
}

function lineDataset(
  label: string,
  points: readonly DrawnPoint[],
  look: Record<string, unknown>,
): ChartDataset<'scatterWithErrorBars'> {
  return {
    type: 'line',
    label,
    data: points.map((point) => ({ x: latencyOf(point), y: yOf(point) })),
    pointRadius: 0,
    pointHitRadius: 0,
    // Behind all points.
    order: 1e6,
    ...look,
  } as never;
}

function boundLine(ms: number, ink: ChartInk): AnnotationOptions {
  return {
    type: 'line',
    xMin: ms,
    xMax: ms,
    borderColor: ink.text,
    borderWidth: 1.4,
    drawTime: 'beforeDatasetsDraw',
    label: {
      display: true,
      content: `${boundMsText(ms)} ms`,
      position: 'end',
      backgroundColor: ink.ground,
      color: ink.text,
      font: { size: FONT_SIZE, weight: 'normal' },
      padding: { x: 4, y: 2 },
    },
  };
}

function stepsOf(front: readonly DrawnPoint[]): LineToAvoid[] {
  return front.slice(1).flatMap((point, index) => {
    const before = front[index] as DrawnPoint;
    const corner = [latencyOf(point), yOf(before)] as const;
    return [
      { from: [latencyOf(before), yOf(before)], to: corner },
      { from: corner, to: [latencyOf(point), yOf(point)] },
    ];
  });
}

/** The bound, and its label at the top. */
function boundObstacles(ms: number, [low, high]: readonly [number, number]): LineToAvoid[] {
  return [
    { from: [ms, low], to: [ms, high] },
    { from: [ms, high], to: [ms, high], marginPx: 24 },
  ];
}
