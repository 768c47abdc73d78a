/** The pieces that sections are put together from. */
import type { ResultRow } from '#shared/answer/result-row.ts';
import { fullConditionText } from '#shared/text/case-text.ts';
import { html, type Html, type HtmlValue, trustedHtml } from './template.ts';

/** A name from outside: its direction must not turn the text around it. */
export function nameOf(name: string): Html {
  return html`<bdi class="name-text">${name}</bdi>`;
}

export function heading(level: number, text: HtmlValue, id?: string): Html {
  const tag = trustedHtml(`h${Math.min(6, Math.max(1, level))}`);
  return id === undefined ? html`<${tag}>${text}</${tag}>` : html`<${tag} id="${id}">${text}</${tag}>`;
}

export type Column = { title: string; detail?: string; isNumber?: boolean };

/**
 * @param options.groups instead of rows: rows that stay on one page when printed
 */
export function table(options: {
  caption: HtmlValue;
  columns: readonly Column[];
  rows?: readonly HtmlValue[];
  groups?: readonly (readonly HtmlValue[])[];
}): Html {
  const { caption, columns, rows, groups = [] } = options;
  const head = columns.map(({ title, detail, isNumber }) => {
    const text = html`${title}${detail === undefined ? null : html`<span class="detail">${detail}</span>`}`;
    return isNumber ? html`<th scope="col" class="number">${text}</th>` : html`<th scope="col">${text}</th>`;
  });
  return html`<div class="table">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      ${
        rows === undefined
          ? null
          : html`<tbody>
              ${rows}
            </tbody>`
      }${groups.map(
        (group) =>
          html`<tbody class="together">
            ${group}
          </tbody> `,
      )}
    </table>
  </div> `;
}

/** A number, and below it what belongs to it. */
export function numberCell(value: string, detail: string | null = null): Html {
  return html`<td class="number">${value}${detail === null ? null : html`<span class="detail">${detail}</span>`}</td>`;
}

/** The cell that names a run: its number, file and condition. */
export function runHeader({ number, run }: ResultRow): Html {
  return html`<th scope="row" class="name">
    <span class="muted">#${number}</span> ${nameOf(run.model.name)}<span class="detail wraps"
      >${fullConditionText(run)}</span
    >
  </th>`;
}

export function list(items: readonly HtmlValue[], className?: string): Html | null {
  if (items.length === 0) return null;
  const content = items.map((item) => html`<li>${item}</li>`);
  return className === undefined
    ? html`<ul>
        ${content}
      </ul>`
    : html`<ul class="${className}">
        ${content}
      </ul>`;
}

export function facts(items: readonly (readonly [string, HtmlValue])[]): Html {
  return html`<dl class="facts">
    ${items.map(
      ([term, value]) =>
        html`<dt>${term}</dt>
          <dd>${value}</dd>`,
    )}
  </dl> `;
}

/** @param options.isLong a figure of several drawings may break between them when it is printed */
export function figure(options: { drawings: readonly Html[]; title: string; text: string; key?: Html | null }): Html {
  const { drawings, title, text, key = null } = options;
  const className = drawings.length > 1 ? 'long' : 'single';
  return html`<figure class="${className}">
    <div class="plot">${drawings}</div>
    ${key}
    <figcaption><strong>${title}</strong> ${text}</figcaption>
  </figure> `;
}
