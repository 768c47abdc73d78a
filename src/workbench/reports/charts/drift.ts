/** Small multiples of block medians over the rounds: a machine that heats up or gets other work shows here. */
import { blockFigures, driftDomain } from '#shared/charts/block-figures.ts';
import { fitName } from '#shared/charts/chart-text.ts';
import type { Box } from '#shared/charts/place-labels.ts';
import { createLinearScale, extent } from '#shared/charts/scale.ts';
import { html, type Html } from '../html/template.ts';
import { conditionText } from '#shared/text/case-text.ts';
import { msText } from '#shared/text/number-text.ts';
import type { MeasuredRow } from '#shared/answer/result-row.ts';
import { coordinate } from './coordinate.ts';
import { leftAxis } from './frame.ts';
import { drawPanels, PANEL_NAME_FONT, PANEL_WIDTH } from './panels.ts';
import { marksOf } from './series-marks.ts';

const PANEL_HEIGHT = 132;
const PANELS_PER_DRAWING = 10;

/** @param rows at least one */
export function drawDrift(rows: readonly MeasuredRow[], options: { id: string }): Html[] {
  const marks = marksOf(rows);
  const rounds = extent(rows.flatMap(({ blocks }) => blocks.map((block) => block.round)));
  const names = rows.map(({ run }) => run.model.name);
  return drawPanels(rows, {
    id: options.id,
    title: 'Latency over the rounds of the experiment',
    panelHeight: PANEL_HEIGHT,
    panelsPerDrawing: PANELS_PER_DRAWING,
    draw: (row) => drawPanel(row, { colourClass: marks(row).colourClass, rounds, names }),
    describe: describePanel,
  });
}

function drawPanel(
  row: MeasuredRow,
  { colourClass, rounds, names }: { colourClass: string; rounds: readonly [number, number]; names: readonly string[] },
): Html {
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
  return html`<text class="row-name" x="0" y="11"
      >#${number} ${fitName(run.model.name, { width: PANEL_WIDTH - 34, font: PANEL_NAME_FONT, others: names })}</text
    ><text class="row-condition" x="0" y="24">${conditionText(run)} · ms</text>${leftAxis(yScale, area, null)}<path
      class="reference"
      d="M${coordinate(area.left)} ${middle}H${coordinate(area.right)}"
    />${points.length > 1 ? html`<path class="band ${colourClass}" d="M${[...upper, ...lower.toReversed()].join('L')}Z" /><path class="line ${colourClass}" d="M${points.join('L')}" />` : null}<path
      class="block-dots ${colourClass}"
      d="${points.map((point) => `M${point}h0`).join('')}"
    /><path
      class="axis"
      d="M${coordinate(area.left)} ${coordinate(area.bottom)}H${coordinate(area.right)}"
    />${roundLabels(rounds, area)}`;
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
