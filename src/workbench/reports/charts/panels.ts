/** Small multiples: panels of one size, two beside each other, in drawings that a page of paper holds whole. */
import type { Font } from '#shared/charts/chart-text.ts';
import { html, type Html } from '../html/template.ts';
import { coordinate } from './coordinate.ts';
import { partsOf } from './distribution.ts';
import { drawing } from './frame.ts';

const WIDTH = 760;
const COLUMNS = 2;
const GAP = 24;
export const PANEL_WIDTH = (WIDTH - GAP * (COLUMNS - 1)) / COLUMNS;
export const PANEL_NAME_FONT: Font = { size: 11.5, isBold: true };

/**
 * @param items at least one
 * @param options.draw what is in a panel, from its upper left corner
 * @param options.describe the same in a sentence
 */
export function drawPanels<Item>(
  items: readonly Item[],
  options: {
    id: string;
    title: string;
    panelHeight: number;
    panelsPerDrawing: number;
    draw: (item: Item) => Html;
    describe: (item: Item) => string;
  },
): Html[] {
  const { id, title, panelHeight, draw, describe } = options;
  return partsOf(items, options.panelsPerDrawing).map((part, partIndex) =>
    drawing(
      {
        id: `${id}-${partIndex}`,
        width: WIDTH,
        height: Math.ceil(part.length / COLUMNS) * panelHeight + 4,
        title,
        description: part.map(describe).join(' '),
      },
      part.map((item, index) => {
        const left = (index % COLUMNS) * (PANEL_WIDTH + GAP);
        const top = Math.floor(index / COLUMNS) * panelHeight;
        return html`<g transform="translate(${coordinate(left)} ${coordinate(top)})">${draw(item)}</g>`;
      }),
    ),
  );
}
