/** What all charts share: the drawing with its text alternative, and axes with labels and units. */
import { html, type Html, type HtmlValue } from '../html/template.ts';
import type { Box } from '#shared/charts/place-labels.ts';
import type { Scale } from '#shared/charts/scale.ts';
import { coordinate } from './coordinate.ts';

/** @param options.id unique in the document */
export function drawing(
  options: { id: string; width: number; height: number; title: string; description: string },
  content: HtmlValue,
): Html {
  const { id, width, height, title, description } = options;
  return html`<svg
    class="chart"
    role="img"
    viewBox="0 0 ${width} ${Math.ceil(height)}"
    width="${width}"
    height="${Math.ceil(height)}"
    aria-labelledby="${id}-title ${id}-text"
  >
    <title id="${id}-title">${title}</title>
    <desc id="${id}-text">${description}</desc>
    ${content}
  </svg>`;
}

/** Grid lines, tick labels below, and the axis title. */
export function bottomAxis(scale: Scale, area: Box, title: string): Html {
  const bottom = coordinate(area.bottom);
  return html`${scale.ticks.map(({ value, label }) => {
      const x = coordinate(scale.map(value));
      return html`<path class="grid" d="M${x} ${coordinate(area.top)}V${bottom}" /><text
          class="tick"
          x="${x}"
          y="${coordinate(area.bottom + 15)}"
          text-anchor="middle"
          >${label}</text
        >`;
    })}<path class="axis" d="M${coordinate(area.left)} ${bottom}H${coordinate(area.right)}" /><text
      class="axis-title"
      x="${coordinate((area.left + area.right) / 2)}"
      y="${coordinate(area.bottom + 33)}"
      text-anchor="middle"
      >${title}</text
    >`;
}

/** Grid lines and tick labels on the left; the axis title stands upright above them, so that nobody has to turn the head. */
export function leftAxis(scale: Scale, area: Box, title: string | null): Html {
  const left = coordinate(area.left);
  return html`${scale.ticks.map(({ value, label }) => {
      const y = scale.map(value);
      return html`<path class="grid" d="M${left} ${coordinate(y)}H${coordinate(area.right)}" /><text
          class="tick"
          x="${coordinate(area.left - 6)}"
          y="${coordinate(y + 3.5)}"
          text-anchor="end"
          >${label}</text
        >`;
    })}<path
      class="axis"
      d="M${left} ${coordinate(area.top)}V${coordinate(area.bottom)}"
    />${title === null ? null : html`<text class="axis-title" x="0" y="${coordinate(area.top - 10)}">${title}</text>`}`;
}
