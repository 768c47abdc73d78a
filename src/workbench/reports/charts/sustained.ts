/** Small multiples of the latency during continuous use, second by second: a machine that heats up shows here. */
import type { MeasuredRow } from '#shared/answer/result-row.ts';
import { fitName, textWidth } from '#shared/charts/chart-text.ts';
import type { Box } from '#shared/charts/place-labels.ts';
import { createLinearScale, extent } from '#shared/charts/scale.ts';
import { SUSTAINED_SCALE_REMARK, sustainedDomain, sustainedFigures } from '#shared/charts/sustained-figures.ts';
import type { RunDetails } from '#shared/run-record.ts';
import { conditionText } from '#shared/text/case-text.ts';
import { msText } from '#shared/text/number-text.ts';
import { sustainedText, sustainedVerdict } from '#shared/text/sustained-text.ts';
import { html, type Html } from '../html/template.ts';
import { coordinate } from './coordinate.ts';
import { bottomAxis, leftAxis } from './frame.ts';
import { drawPanels, PANEL_NAME_FONT, PANEL_WIDTH } from './panels.ts';

const PANEL_HEIGHT = 196;
const PANELS_PER_DRAWING = 8;
/** More would be closer than a pixel and a half. */
const MOST_POINTS = 200;
/** More dots would touch one another. */
const MOST_DOTS = 60;

/** A run that was used without a pause for two seconds or more. */
export type UsedRow = { row: MeasuredRow; details: RunDetails };

/**
 * @param used at least one
 * @param options.colourClassOf of each run, as in the other charts of the experiment
 */
export function drawSustained(
  used: readonly UsedRow[],
  options: { id: string; colourClassOf: (row: MeasuredRow) => string },
): { svgs: Html[]; remarks: string[] } {
  const names = used.map(({ row }) => row.run.model.name);
  const svgs = drawPanels(used, {
    id: options.id,
    title: 'Latency during continuous use',
    panelHeight: PANEL_HEIGHT,
    panelsPerDrawing: PANELS_PER_DRAWING,
    draw: (one) => drawPanel(one, { colourClass: options.colourClassOf(one.row), names }),
    describe: describePanel,
  });
  const isLong = used.some(({ details }) => details.sustained.length > MOST_POINTS);
  return {
    svgs,
    remarks: [
      'Each point is the median of one second in ms, the band its middle half.',
      ...(isLong
        ? [
            `Of more than ${MOST_POINTS} seconds, neighbours are drawn as one point: the median of their medians, with a band from the lowest to the highest of their quartiles.`,
          ]
        : []),
      `Every panel has its own scale. ${SUSTAINED_SCALE_REMARK}`,
    ],
  };
}

function drawPanel(
  { row, details }: UsedRow,
  { colourClass, names }: { colourClass: string; names: readonly string[] },
): Html {
  const { run, number } = row;
  const figures = sustainedFigures(details.sustained, MOST_POINTS);
  const area: Box = { left: 44, top: 50, right: PANEL_WIDTH - 4, bottom: PANEL_HEIGHT - 46 };
  const yScale = createLinearScale(sustainedDomain(figures), [area.bottom, area.top], 4);
  const xScale = createLinearScale([0, figures.at(-1)?.seconds || 1], [area.left, area.right], 5);
  const at = (seconds: number, value: number): string =>
    `${coordinate(xScale.map(seconds))} ${coordinate(yScale.map(value))}`;
  const points = figures.map((figure) => at(figure.seconds, figure.median));
  const upper = figures.map((figure) => at(figure.seconds, figure.upper));
  const lower = figures.map((figure) => at(figure.seconds, figure.lower));
  const verdict = sustainedVerdict(details);
  const nameWidth = PANEL_WIDTH - 34 - textWidth(verdict, PANEL_NAME_FONT);
  return html`<text class="row-name" x="0" y="11"
      >#${number} ${fitName(run.model.name, { width: nameWidth, font: PANEL_NAME_FONT, others: names })}</text
    ><text class="row-condition" x="${coordinate(PANEL_WIDTH - 4)}" y="11" text-anchor="end">${verdict}</text
    ><text class="row-condition" x="0" y="24">${conditionText(run)} · ms</text
    ><text class="row-condition" x="0" y="37">${sustainedText(details.sustained)}</text
    >${leftAxis(yScale, area, null)}${bottomAxis(xScale, area, 'Seconds of continuous use')}<path
      class="band ${colourClass}"
      d="M${[...upper, ...lower.toReversed()].join('L')}Z"
    /><path class="line ${colourClass}" d="M${points.join('L')}" />${
      points.length > MOST_DOTS
        ? null
        : html`<path class="block-dots ${colourClass}" d="${points.map((point) => `M${point}h0`).join('')}" />`
    }`;
}

function describePanel({ row, details }: UsedRow): string {
  const [low, high] = extent(details.sustained.map(({ medianMs }) => medianMs));
  return `#${row.number}: medians of seconds between ${msText(low)} and ${msText(high)} ms; ${sustainedText(details.sustained)}; ${sustainedVerdict(details)}.`;
}
