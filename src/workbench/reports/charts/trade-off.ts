/** Latency against accuracy (or fidelity, or size), each with its interval, and the versions that no other one beats in both. */
import { html, type Html } from '../html/template.ts';
import { isolateName } from '#shared/text/name-text.ts';
import { msText } from '#shared/text/number-text.ts';
import { fitName, type Font, textWidth } from '#shared/charts/chart-text.ts';
import { MOST_NAMED_POINTS, paretoFront } from '#shared/charts/pareto-front.ts';
import { bottomAxis, drawing, leftAxis } from './frame.ts';
import { type Box, placeLabels } from '#shared/charts/place-labels.ts';
import { createTimeScale } from '#shared/charts/scale.ts';
import type { TradeOff, TradeOffPoint } from '#shared/charts/trade-off.ts';
import { readingRemarks, tradeOffTitles, valueAxis, valueText } from '#shared/charts/trade-off-words.ts';
import { coordinate } from './coordinate.ts';
import { drawMark, marksOf } from './series-marks.ts';

const WIDTH = 760;
const HEIGHT = 380;
const AREA: Box = { left: 60, top: 34, right: WIDTH - 16, bottom: HEIGHT - 44 };
const LABEL_FONT: Font = { size: 11 };
const LONGEST_LABEL = 260;

/** @param tradeOff with at least one point; of one batch size */
export function drawTradeOff(tradeOff: TradeOff, { id }: { id: string }): { svg: Html; remarks: string[] } {
  const { measure, points } = tradeOff;
  const latencies = points.flatMap(({ row: { run } }) => [
    run.latencyMs.median,
    run.latencyMs.ciLow ?? run.latencyMs.median,
    run.latencyMs.ciHigh ?? run.latencyMs.median,
  ]);
  const xScale = createTimeScale({ values: latencies, range: [AREA.left, AREA.right], tickCount: 8 });
  const { scale: yScale, title: valueTitle, divisor } = valueAxis(tradeOff, [AREA.bottom, AREA.top]);
  const mapY = (value: number): number => yScale.map(value / divisor);
  const marks = marksOf(points.map(({ row }) => row));
  const spots = points.map((point) => ({
    point,
    x: xScale.map(point.row.run.latencyMs.median),
    y: mapY(point.value),
    label: labelOf(point, points),
  }));
  const bars = spots.map(({ point, x, y }) => errorBarBoxes(point, x, y, xScale.map, mapY));
  const labels = placeLabels(
    spots.map(({ x, y, label }) => ({ x, y, width: textWidth(label, LABEL_FONT) })),
    AREA,
    bars.flat(),
  );
  const front = paretoFront(points, {
    costOf: ({ row }) => row.run.latencyMs.median,
    gainOf: ({ value }) => (measure === 'size' ? -value : value),
  });
  const svg = drawing(
    {
      id,
      width: WIDTH,
      height: HEIGHT,
      title: tradeOffTitles[measure],
      description: points.map((point) => describePoint(point, tradeOff)).join(' '),
    },
    html`${leftAxis(yScale, AREA, valueTitle)}${bottomAxis(xScale, AREA, '← better · Median latency per run (ms)')}${drawFront(front, xScale.map, mapY)}${spots.map(
      ({ point, x, y }, index) => {
        const mark = marks(point.row);
        return html`<g>${drawErrorBars(bars[index] ?? [], mark.colourClass)}${drawMark(mark, x, y, 5.5)}</g>`;
      },
    )}${labels.map(
      ({ x, baseline, anchor }, index) =>
        html`<text class="point-label" x="${coordinate(x)}" y="${coordinate(baseline)}" text-anchor="${anchor}"
          >${spots[index]?.label ?? ''}</text
        >`,
    )}`,
  );
  return { svg, remarks: readingRemarks(tradeOff, { front, xScale, yScale }) };
}

function labelOf({ row }: TradeOffPoint, points: readonly TradeOffPoint[]): string {
  const number = `#${row.number}`;
  if (points.length > MOST_NAMED_POINTS) return number;
  return `${number} ${fitName(row.run.model.name, { width: LONGEST_LABEL, font: LABEL_FONT, others: points.map((point) => point.row.run.model.name) })}`;
}

function describePoint(point: TradeOffPoint, { measure }: TradeOff): string {
  const { number, run } = point.row;
  return `#${number} ${isolateName(run.model.name)} on ${run.provider}: ${msText(run.latencyMs.median)} ms, ${valueText(point, measure)}.`;
}

type Mapping = (value: number) => number;

/** The error bars as thin boxes, of what has an interval. */
function errorBarBoxes({ row, interval }: TradeOffPoint, x: number, y: number, mapX: Mapping, mapY: Mapping): Box[] {
  const { ciLow, ciHigh } = row.run.latencyMs;
  const vertical = interval === null ? [] : [{ left: x, right: x, top: mapY(interval[1]), bottom: mapY(interval[0]) }];
  const horizontal =
    ciLow === null || ciHigh === null ? [] : [{ left: mapX(ciLow), right: mapX(ciHigh), top: y, bottom: y }];
  return [...vertical, ...horizontal].map((box) => ({
    left: box.left - 1,
    right: box.right + 1,
    top: box.top - 1,
    bottom: box.bottom + 1,
  }));
}

function drawErrorBars(boxes: readonly Box[], colourClass: string): Html[] {
  return boxes.map(({ left, right, top, bottom }) => {
    const isVertical = bottom - top > 2 && right - left <= 2;
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    const path = isVertical
      ? `M${coordinate(x)} ${coordinate(top + 1)}V${coordinate(bottom - 1)}M${coordinate(x - 3)} ${coordinate(top + 1)}h6M${coordinate(x - 3)} ${coordinate(bottom - 1)}h6`
      : `M${coordinate(left + 1)} ${coordinate(y)}H${coordinate(right - 1)}M${coordinate(left + 1)} ${coordinate(y - 3)}v6M${coordinate(right - 1)} ${coordinate(y - 3)}v6`;
    return html`<path class="error-bar ${colourClass}" d="${path}" />`;
  });
}

/** A staircase: between two versions nothing better than the earlier one is known. */
function drawFront(front: readonly TradeOffPoint[], mapX: Mapping, mapY: Mapping): Html | null {
  const [first, ...rest] = front;
  if (first === undefined || rest.length === 0) return null;
  const at = ({ row, value }: TradeOffPoint) => [mapX(row.run.latencyMs.median), mapY(value)] as const;
  const [startX, startY] = at(first);
  const steps = rest.map((point) => {
    const [x, y] = at(point);
    return `H${coordinate(x)}V${coordinate(y)}`;
  });
  return html`<path class="front" d="M${coordinate(startX)} ${coordinate(startY)}${steps.join('')}" />`;
}
