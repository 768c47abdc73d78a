/** How runs are told apart in charts: colour by file, shape by provider. Never by colour alone: every mark has its number. */
import type { ResultRow } from '#shared/answer/result-row.ts';
import { html, type Html } from '../html/template.ts';
import { coordinate } from './scale.ts';

/** As many as the style sheet has colours. */
const COLOUR_COUNT = 8;
const SHAPES = ['circle', 'square', 'triangle', 'diamond'] as const;
type Shape = (typeof SHAPES)[number];

export type SeriesMark = { colourClass: string; shape: Shape };

export function marksOf(rows: readonly ResultRow[]): (row: ResultRow) => SeriesMark {
  const files = [...new Set(rows.map(({ run }) => run.model.sha256))];
  const providers = [...new Set(rows.map(({ run }) => run.provider))];
  return ({ run }) => ({
    colourClass: `series-${files.indexOf(run.model.sha256) % COLOUR_COUNT}`,
    shape: SHAPES[providers.indexOf(run.provider) % SHAPES.length] as Shape,
  });
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
