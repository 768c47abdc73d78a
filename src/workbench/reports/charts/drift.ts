/** Small multiples of block medians over the rounds: a machine that heats up or gets other work shows here. */
import { blockFigures, driftDomain } from '#shared/charts/block-figures.ts';
import { fitName, type Font } from '#shared/charts/chart-text.ts';
import type { Box } from '#shared/charts/place-labels.ts';
import { createLinearScale, extent } from '#shared/charts/scale.ts';
import { html, type Html } from '../html/template.ts';
import { conditionText } from '#shared/text/case-text.ts';
import { msText } from '#shared/text/number-text.ts';
import type { MeasuredRow } from '#shared/answer/result-row.ts';
import { partsOf } from './distribution.ts';
import { drawing, leftAxis } from './frame.ts';
import { coordinate } from './coordinate.ts';
import { marksOf } from './series-marks.ts';

const WIDTH = 760;
const COLUMNS = 2;
const GAP = 24;
const PANEL_WIDTH = (WIDTH - GAP * (COLUMNS - 1)) / COLUMNS;
const PANEL_HEIGHT = 132;
const PANELS_PER_DRAWING = 10;
const NAME_FONT: Font = { size: 11.5, isBold: true };
/** @param rows at least one */
export function drawDrift(rows: readonly MeasuredRow[], options: { id: string }): Html[] {
  const marks = marksOf(rows);
  const rounds = extent(rows.flatMap(({ blocks }) => blocks.map((block) => block.round)));
  return partsOf(rows, PANELS_PER_DRAWING).map((part, partIndex) =>
    drawing(
      {
        id: `${options.id}-${partIndex}`,
        width: WIDTH,
        height: Math.ceil(part.length / COLUMNS) * PANEL_HEIGHT + 4,
        title: 'Latency over the rounds of the experiment',
        description: part.map(describePanel).join(' '),
      },
      part.map((row, index) =>
        drawPanel(row, {
          left: (index % COLUMNS) * (PANEL_WIDTH + GAP),
          top: Math.floor(index / COLUMNS) * PANEL_HEIGHT,
          colourClass: marks(row).colourClass,
          rounds,
          names: rows.map(({ run }) => run.model.name),
        }),
      ),
    ),
  );
}

function drawPanel(
  row: MeasuredRow,
  place: {
    left: number;
    top: number;
    colourClass: string;
    rounds: readonly [number, number];
    names: readonly string[];
  },
): Html {
  const { left, top, colourClass, rounds, names } = place;
  const { run, number } = row;
  const area: Box = { left: 44, top: 34, right: PANEL_WIDTH - 4, bottom: PANEL_HEIGHT - 26 };
  const figures = blockFigures(row.blocks);
  const { median } = run.latencyMs;
  const yScale = createLinearScale(driftDomain(median, figures), [area.bottom, area.top], 4);
  const xScale = createLinearScale([rounds[0], Math.max(rounds[1], rounds[0] + 1)], [area.left, area.right], 4);
  const points = figures.map(
    ({ round, median: value }) => `${coordinate(xScale.map(round))} ${coordinate(yScale.map(value))}`,
  );
  const upper = figures.map((block) => `${coordinate(xScale.map(block.round))} ${coordinate(yScale.map(block.upper))}`);
  const lower = figures.map((block) => `${coordinate(xScale.map(block.round))} ${coordinate(yScale.map(block.lower))}`);
  const middle = coordinate(yScale.map(median));
  return html`<g transform="translate(${coordinate(left)} ${coordinate(top)})"
    ><text class="row-name" x="0" y="11"
      >#${number} ${fitName(run.model.name, { width: PANEL_WIDTH - 34, font: NAME_FONT, others: names })}</text
    ><text class="row-condition" x="0" y="24">${conditionText(run)} · ms</text>${leftAxis(yScale, area, null)}<path
      class="reference"
      d="M${coordinate(area.left)} ${middle}H${coordinate(area.right)}"
    />${points.length > 1 ? html`<path class="band ${colourClass}" d="M${[...upper, ...lower.toReversed()].join('L')}Z" /><path class="line ${colourClass}" d="M${points.join('L')}" />` : null}<path
      class="block-dots ${colourClass}"
      d="${points.map((point) => `M${point}h0`).join('')}"
    /><path
      class="axis"
      d="M${coordinate(area.left)} ${coordinate(area.bottom)}H${coordinate(area.right)}"
    />${roundLabels(rounds, area)}</g
  >`;
}

function roundLabels([first, last]: readonly [number, number], area: Box): Html {
  const y = coordinate(area.bottom + 14);
  return html`<text class="tick" x="${coordinate(area.left)}" y="${y}">round ${first + 1}</text>${
      last > first
        ? html`<text class="tick" x="${coordinate(area.right)}" y="${y}" text-anchor="end">${last + 1}</text>`
        : null
    }`;
}

function describePanel(row: MeasuredRow): string {
  const figures = blockFigures(row.blocks);
  const [low, high] = extent(figures.map(({ median }) => median));
  return `#${row.number}: block medians between ${msText(low)} and ${msText(high)} ms over ${figures.length} blocks.`;
}
