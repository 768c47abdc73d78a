/** How the times of each run are spread: every sample, or many of them evenly by rank, and a box for the middle half. */
import { quantileOfSorted, sortAscending } from '#shared/statistics/quantile.ts';
import { conditionText } from '#shared/text/case-text.ts';
import { html, type Html } from '../html/template.ts';
import { countText, msText } from '#shared/text/number-text.ts';
import type { MeasuredRow } from '#shared/answer/result-row.ts';
import { fitName, type Font, textWidth } from '#shared/charts/chart-text.ts';
import { bottomAxis, drawing } from './frame.ts';
import type { Box } from '#shared/charts/place-labels.ts';
import { createTimeScale, scaleRemark } from '#shared/charts/scale.ts';
import { dotsRemark, FEWEST_FOR_BOX, MOST_DOTS, thinSamples } from '#shared/charts/thin-samples.ts';
import { coordinate } from './coordinate.ts';
import { marksOf } from './series-marks.ts';

const WIDTH = 760;
const MARGIN = 8;
const ROW_HEIGHT = 50;
const NAME_FONT: Font = { size: 11.5, isBold: true };
const ROWS_PER_DRAWING = 14;

/** @param rows at least one; long lists are drawn in parts that share one scale, so that they can be printed */
export function drawDistributions(
  rows: readonly MeasuredRow[],
  options: { id: string },
): {
  svgs: Html[];
  remarks: string[];
} {
  const sorted = new Map(
    rows.map((row) => [row.run.id, sortAscending(row.blocks.flatMap((block) => block.samplesMs))] as const),
  );
  const values = rows.flatMap(({ run }) => [run.latencyMs.min, run.latencyMs.max]);
  const scale = createTimeScale({ values, range: [MARGIN, WIDTH - MARGIN], tickCount: 8 });
  const marks = marksOf(rows);
  const mostSamples = Math.max(...[...sorted.values()].map((samples) => samples.length));
  const svgs = partsOf(rows, ROWS_PER_DRAWING).map((part, partIndex) => {
    const area: Box = { left: MARGIN, top: 4, right: WIDTH - MARGIN, bottom: 8 + part.length * ROW_HEIGHT };
    return drawing(
      {
        id: `${options.id}-${partIndex}`,
        width: WIDTH,
        height: area.bottom + 40,
        title: 'Distribution of the latency of each run',
        description: part.map(describeRow).join(' '),
      },
      html`${bottomAxis(scale, area, 'Latency of one inference call (ms)')}${part.map((row, index) =>
        drawRow(row, sorted.get(row.run.id) ?? new Float64Array(), {
          top: area.top + index * ROW_HEIGHT,
          map: scale.map,
          names: rows.map(({ run }) => run.model.name),
          colourClass: marks(row).colourClass,
        }),
      )}`,
    );
  });
  return {
    svgs,
    remarks: [scaleRemark(scale, 'latency'), dotsRemark(mostSamples)].filter(Boolean),
  };
}

function drawRow(
  row: MeasuredRow,
  sorted: Float64Array,
  place: { top: number; map: (value: number) => number; colourClass: string; names: readonly string[] },
): Html {
  const { top, map, colourClass, names } = place;
  const { run, number } = row;
  const condition = conditionText(run);
  const width = WIDTH - 2 * MARGIN - textWidth(`#${number}   ${condition}`, NAME_FONT);
  const name = fitName(run.model.name, { width, font: NAME_FONT, others: names });
  // The golden ratio spreads neighbours evenly without drawing lots.
  const dots = thinSamples(sorted, MOST_DOTS).map(
    (value, index) => `M${coordinate(map(value))} ${coordinate(top + 33 + ((index * 0.618_034) % 1) * 10)}h0`,
  );
  return html`<g
    ><text class="row-name halo" x="${MARGIN}" y="${coordinate(top + 13)}"
      >#${number} ${name}<tspan class="row-condition" dx="8">${condition}</tspan></text
    ><path class="dots ${colourClass}" d="${dots.join('')}" />${drawBox(sorted, top + 24, map, colourClass)}</g
  >`;
}

function drawBox(
  sorted: Float64Array,
  middle: number,
  map: (value: number) => number,
  colourClass: string,
): Html | null {
  if (sorted.length === 0) return null;
  const median = coordinate(map(quantileOfSorted(sorted, 0.5)));
  const line = html`<path class="median ${colourClass}" d="M${median} ${coordinate(middle - 7)}v14" />`;
  if (sorted.length < FEWEST_FOR_BOX) return line;
  const left = map(quantileOfSorted(sorted, 0.25));
  const right = map(quantileOfSorted(sorted, 0.75));
  return html`<rect
      class="box ${colourClass}"
      x="${coordinate(left)}"
      y="${coordinate(middle - 5)}"
      width="${coordinate(Math.max(right - left, 0.5))}"
      height="10"
    />${line}`;
}

function describeRow({ number, run }: MeasuredRow): string {
  const { min, median, max } = run.latencyMs;
  return `#${number}: ${countText(run.sampleCount, 'sample')}, from ${msText(min)} to ${msText(max)} ms, median ${msText(median)} ms.`;
}

export function partsOf<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
