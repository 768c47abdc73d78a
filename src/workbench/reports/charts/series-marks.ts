/** The marks of `#shared/charts/series-marks.ts`, drawn in the colours of the style sheet. */
import { marksOf as seriesMarksOf, type Shape } from '#shared/charts/series-marks.ts';
import type { ResultRow } from '#shared/answer/result-row.ts';
import { html, type Html } from '../html/template.ts';
import { coordinate } from './coordinate.ts';

/** As many as the style sheet has colours. */
const COLOUR_COUNT = 8;

export type SeriesMark = { colourClass: string; shape: Shape };

export function marksOf(rows: readonly ResultRow[]): (row: ResultRow) => SeriesMark {
  const markOf = seriesMarksOf(rows);
  return (row) => {
    const { colourIndex, shape } = markOf(row);
    return { colourClass: `series-${colourIndex % COLOUR_COUNT}`, shape };
  };
}

export function drawMark({ colourClass, shape }: SeriesMark, x: number, y: number, size = 5): Html {
  const left = coordinate(x - size);
  const right = coordinate(x + size);
  const top = coordinate(y - size);
  const bottom = coordinate(y + size);
  const [cx, cy] = [coordinate(x), coordinate(y)];
  switch (shape) {
    case 'circle':
      return html`<circle class="mark ${colourClass}" cx="${cx}" cy="${cy}" r="${size}" />`;
    case 'square':
      return html`<path class="mark ${colourClass}" d="M${left} ${top}H${right}V${bottom}H${left}Z" />`;
    case 'triangle':
      return html`<path class="mark ${colourClass}" d="M${cx} ${top}L${right} ${bottom}H${left}Z" />`;
    case 'diamond':
      return html`<path class="mark ${colourClass}" d="M${cx} ${top}L${right} ${cy}L${cx} ${bottom}L${left} ${cy}Z" />`;
  }
}
