/** Latency against accuracy (or fidelity, or size), each with its interval; the area of a bubble is memory or size. */
import type { ChartDataset } from 'chart.js';
import { MOST_NAMED_POINTS, paretoFront } from '#shared/charts/pareto-front.ts';
import { createTimeScale } from '#shared/charts/scale.ts';
import { marksOf } from '#shared/charts/series-marks.ts';
import type { TradeOff, TradeOffMeasure, TradeOffPoint } from '#shared/charts/trade-off.ts';
import { readingRemarks, valueAxis, valueText } from '#shared/charts/trade-off-words.ts';
import { formatBytes } from '#shared/format.ts';
import { conditionText } from '#shared/text/case-text.ts';
import { isolateName } from '#shared/text/name-text.ts';
import { msIntervalText, msText } from '#shared/text/number-text.ts';
import type { MeasuredRow } from '#shared/answer/result-row.ts';
import { axisOptions, baseOptions, titleOptions, tooltipOptions } from './base-options.ts';
import { createBubbleScale, radiusOfShape } from './bubble-size.ts';
import { type ChartInk, colourOf, withOpacity } from './chart-ink.ts';
import type { ChartPicture } from './chart-picture.ts';
import { createDirectLabels, type LineToAvoid } from './direct-labels.ts';
import { pointStyleOf } from './point-style.ts';

export type BubbleMeasure = 'memory' | 'size';

const HEIGHT = 400;
/** Bubbles may reach beyond the axes. */
const PADDING = 22;

/** @param tradeOff with at least one point */
export function tradeOffChart(
  tradeOff: TradeOff,
  options: { ink: ChartInk; bubbles: BubbleMeasure },
): ChartPicture<'scatterWithErrorBars'> {
  const { ink, bubbles } = options;
  const { measure, points } = tradeOff;
  const rows = points.map(({ row }) => row);
  const mark = marksOf(rows);
  const bubbleScale = createBubbleScale(rows.map((row) => bubbleBytes(row, bubbles)));
  const xScale = createTimeScale({
    values: rows.flatMap(({ run: { latencyMs } }) => [
      latencyMs.median,
      latencyMs.ciLow ?? latencyMs.median,
      latencyMs.ciHigh ?? latencyMs.median,
    ]),
    range: [0, 1],
    tickCount: 8,
  });
  const { scale: yScale, title: valueTitle, divisor } = valueAxis(tradeOff, [0, 1]);
  const front = paretoFront(points, {
    costOf: ({ row }) => row.run.latencyMs.median,
    gainOf: ({ value }) => (measure === 'size' ? -value : value),
  });
  const bubbleOf = (row: MeasuredRow) =>
    radiusOfShape(mark(row).shape, bubbleScale.radiusOf(bubbleBytes(row, bubbles)));
  const yOf = ({ value }: TradeOffPoint) => value / divisor;
  const isFront = new Set(front);

  return {
    heightPx: HEIGHT,
    description: points
      .map((point) => `${describePoint(point, tradeOff)}${isFront.has(point) ? ' No other one beats it in both.' : ''}`)
      .join(' '),
    remarks: [
      ...readingRemarks(tradeOff, { front, xScale, yScale }),
      ...(rows.some((row) => (bubbleBytes(row, bubbles) ?? Number.POSITIVE_INFINITY) < bubbleScale.floorBytes)
        ? ['The smallest bubbles are drawn larger than their share, so that they can be seen.']
        : []),
      ...(rows.some((row) => bubbleBytes(row, bubbles) === null)
        ? ['A hollow mark: its peak memory is not known.']
        : []),
    ],
    configuration: {
      type: 'scatterWithErrorBars',
      data: {
        datasets: [
          ...points.map((point) => {
            const { row } = point;
            const { shape } = mark(row);
            const colour = colourOf(mark(row), ink);
            const { median, ciLow, ciHigh } = row.run.latencyMs;
            const radius = bubbleOf(row);
            return {
              label: `#${row.number}`,
              data: [
                {
                  x: median,
                  y: yOf(point),
                  ...(ciLow === null || ciHigh === null ? {} : { xMin: ciLow, xMax: ciHigh }),
                  ...(point.interval === null
                    ? {}
                    : { yMin: point.interval[0] / divisor, yMax: point.interval[1] / divisor }),
                } as never,
              ],
              clip: false as const,
              // Small ones in front of large ones.
              order: Math.round(radius * 10),
              pointStyle: pointStyleOf(shape),
              radius,
              hoverRadius: radius + 1,
              hitRadius: 4,
              borderColor: colour,
              borderWidth: 1.6,
              backgroundColor: bubbleBytes(row, bubbles) === null ? 'transparent' : withOpacity(colour, 0.35),
              errorBarColor: ink.text,
              errorBarWhiskerColor: ink.text,
              errorBarLineWidth: 1.3,
              errorBarWhiskerLineWidth: 1.3,
              errorBarWhiskerSize: 7,
            };
          }),
          ...frontDataset(front, yOf, ink),
        ],
      },
      options: {
        ...baseOptions(ink),
        layout: { padding: { right: PADDING } },
        scales: {
          x: axisOptions(xScale, ink, { title: '← better · Median latency per run (ms)' }),
          y: axisOptions(yScale, ink, { title: null }),
        },
        plugins: {
          legend: { display: false },
          // Upright above the axis, so that nobody has to turn the head.
          title: titleOptions(ink, valueTitle),
          tooltip: {
            ...tooltipOptions(ink),
            filter: ({ datasetIndex }) => datasetIndex < points.length,
            callbacks: {
              title: (items) => {
                const row = rows[items[0]?.datasetIndex ?? 0];
                return row ? `#${row.number} ${row.run.model.name}` : '';
              },
              label: ({ datasetIndex }) => (points[datasetIndex] ? tooltipLines(points[datasetIndex], measure) : ''),
            },
          },
        },
      },
      plugins: [
        createDirectLabels(
          points.map((point) => ({
            x: point.row.run.latencyMs.median,
            y: yOf(point),
            radiusPx: bubbleOf(point.row),
            xInterval: intervalOf(point.row),
            yInterval: point.interval && [point.interval[0] / divisor, point.interval[1] / divisor],
            mark: {
              colour: colourOf(mark(point.row), ink),
              pointStyle: pointStyleOf(mark(point.row).shape),
            },
            number: point.row.number,
            name: points.length > MOST_NAMED_POINTS ? null : point.row.run.model.name,
          })),
          { ink, lines: frontLines(front, yOf) },
        ),
      ],
    },
  };
}

export function bubbleBytes({ run }: MeasuredRow, bubbles: BubbleMeasure): number | null {
  return bubbles === 'memory' ? run.memory.peakBytes : run.model.sizeBytes;
}

/** A staircase: between two versions nothing better than the earlier one is known. */
function frontDataset(
  front: readonly TradeOffPoint[],
  yOf: (point: TradeOffPoint) => number,
  ink: ChartInk,
): ChartDataset<'scatterWithErrorBars'>[] {
  if (front.length < 2) return [];
  return [
    {
      type: 'line',
      label: 'Not beaten in both',
      data: front.map((point) => ({ x: point.row.run.latencyMs.median, y: yOf(point) })),
      stepped: 'before',
      borderColor: ink.faint,
      borderWidth: 1.3,
      borderDash: [5, 4],
      pointRadius: 0,
      pointHitRadius: 0,
      // Behind all bubbles.
      order: 1e6,
    } as never,
  ];
}

/** The steps of that staircase. */
function frontLines(front: readonly TradeOffPoint[], yOf: (point: TradeOffPoint) => number): LineToAvoid[] {
  return front.slice(1).flatMap((point, index) => {
    const before = front[index] as TradeOffPoint;
    const [x, y] = [point.row.run.latencyMs.median, yOf(point)];
    const corner = [x, yOf(before)] as const;
    return [
      { from: [before.row.run.latencyMs.median, yOf(before)], to: corner },
      { from: corner, to: [x, y] },
    ];
  });
}

function intervalOf({ run }: MeasuredRow): readonly [number, number] | null {
  const { ciLow, ciHigh } = run.latencyMs;
  return ciLow === null || ciHigh === null ? null : [ciLow, ciHigh];
}

function tooltipLines(point: TradeOffPoint, measure: TradeOffMeasure): string[] {
  const { run } = point.row;
  const interval = msIntervalText(run.latencyMs.ciLow, run.latencyMs.ciHigh);
  return [
    conditionText(run),
    `${msText(run.latencyMs.median)} ms${interval === null ? '' : ` (${interval})`}`,
    valueText(point, measure),
    ...(run.memory.peakBytes === null ? [] : [`peak memory ${formatBytes(run.memory.peakBytes)}`]),
    ...(measure === 'size' ? [] : [`size ${formatBytes(run.model.sizeBytes)}`]),
  ];
}

function describePoint(point: TradeOffPoint, { measure }: TradeOff): string {
  const { number, run } = point.row;
  const memory = run.memory.peakBytes === null ? '' : `, peak memory ${formatBytes(run.memory.peakBytes)}`;
  return `#${number} ${isolateName(run.model.name)} on ${run.provider}: ${msText(run.latencyMs.median)} ms, ${valueText(point, measure)}${memory}.`;
}
