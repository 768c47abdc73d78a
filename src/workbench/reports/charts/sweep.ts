/** Latency of a call against throughput for each way in which a model was run, and the bound as a line. */
import { type Font, textWidth } from '#shared/charts/chart-text.ts';
import { MOST_NAMED_POINTS } from '#shared/charts/pareto-front.ts';
import { type Box, placeLabels } from '#shared/charts/place-labels.ts';
import type { LatencyBound } from '#shared/latency-bound.ts';
import { boundMsText } from '#shared/sweet-spot/point-text.ts';
import {
  type DrawnPoint,
  latencyInterval,
  latencyOf,
  type SweepFigure,
  sweepScales,
} from '#shared/sweet-spot/sweep-figure.ts';
import { html, type Html } from '../html/template.ts';
import { coordinate } from './coordinate.ts';
import { bottomAxis, drawing, leftAxis } from './frame.ts';

const WIDTH = 760;
const HEIGHT = 360;
const AREA: Box = { left: 66, top: 40, right: WIDTH - 16, bottom: HEIGHT - 44 };
const LABEL_FONT: Font = { size: 11 };
const COLOUR_COUNT = 8;

export function drawSweep(
  figure: SweepFigure,
  options: { id: string; title: string; bound: LatencyBound | null },
): { svg: Html; remarks: string[] } {
  const { points, curves, front, chosen, name } = figure;
  const { id, title, bound } = options;
  const { x, y, remarks } = sweepScales(figure, {
    boundMs: bound?.ms ?? null,
    xRange: [AREA.left, AREA.right],
    yRange: [AREA.bottom, AREA.top],
  });
  const at = (point: DrawnPoint): readonly [number, number] => [
    x.map(latencyOf(point)),
    y.map(point.throughputPerSecond.estimate),
  ];
  const colourClass = (point: DrawnPoint): string =>
    `series-${curves.findIndex((curve) => curve.includes(point)) % COLOUR_COUNT}`;
  const texts = points.map((point) =>
    points.length > MOST_NAMED_POINTS ? `#${point.row.number}` : `#${point.row.number} ${name(point)}`,
  );
  const boundX = bound === null ? null : x.map(bound.ms);
  const bars = points.map((point) => barOf(point, at(point)[1], x.map));
  const labels = placeLabels(
    points.map((point, index) => {
      const [left, top] = at(point);
      return { x: left, y: top, radius: point === chosen ? 9 : 5.5, width: textWidth(texts[index] ?? '', LABEL_FONT) };
    }),
    AREA,
    [
      ...bars,
      ...(boundX === null ? [] : [{ left: boundX - 1, right: boundX + 1, top: AREA.top, bottom: AREA.bottom }]),
    ],
  );
  const svg = drawing(
    { id, width: WIDTH, height: HEIGHT, title, description: figure.description },
    html`${leftAxis(y, AREA, 'Items per second ↑ better')}${bottomAxis(x, AREA, figure.latencyTitle)}${
      boundX === null || bound === null
        ? null
        : html`<path class="bound" d="M${coordinate(boundX)} ${coordinate(AREA.top)}V${coordinate(AREA.bottom)}" /><text
              class="halo"
              x="${coordinate(boundX)}"
              y="${coordinate(AREA.top - 4)}"
              text-anchor="middle"
              >${boundMsText(bound.ms)} ms</text
            >`
    }${front.length < 2 ? null : html`<path class="front" d="${staircase(front.map(at))}" />`}${curves
      .filter((curve) => curve.length > 1)
      .map(
        (curve) => html`<path class="curve ${colourClass(curve[0] as DrawnPoint)}" d="${polyline(curve.map(at))}" />`,
      )}${points.map((point, index) => {
      const [cx = '', cy = ''] = at(point).map(coordinate);
      const bar = bars[index] as Box;
      return html`<path
          class="error-bar ${colourClass(point)}"
          d="M${coordinate(bar.left + 1)} ${cy}H${coordinate(bar.right - 1)}"
        /><circle class="mark ${colourClass(point)} ${point.verdict ?? 'holds'}" cx="${cx}" cy="${cy}" r="5.5" />${
          point === chosen ? html`<circle class="ring" cx="${cx}" cy="${cy}" r="9" />` : null
        }`;
    })}${labels.map(
      ({ x: left, baseline, anchor }, index) =>
        html`<text class="point-label" x="${coordinate(left)}" y="${coordinate(baseline)}" text-anchor="${anchor}"
          >${texts[index] ?? ''}</text
        >`,
    )}`,
  );
  return { svg, remarks };
}

/** The interval of the latency as a thin box. */
function barOf(point: DrawnPoint, y: number, mapX: (value: number) => number): Box {
  const [low, high] = latencyInterval(point);
  return { left: mapX(low) - 1, right: mapX(high) + 1, top: y - 1, bottom: y + 1 };
}

function polyline(corners: readonly (readonly [number, number])[]): string {
  return `M${corners.map(([x, y]) => `${coordinate(x)} ${coordinate(y)}`).join('L')}`;
}

/** Between two points nothing better than the earlier one is known. */
function staircase(corners: readonly (readonly [number, number])[]): string {
  return corners
    .map(([x, y], index) => (index === 0 ? `M${coordinate(x)} ${coordinate(y)}` : `H${coordinate(x)}V${coordinate(y)}`))
    .join('');
}
