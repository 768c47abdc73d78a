import type { Reproduction } from '#shared/reproduction.ts';
import { repeatCells, repeatColumns, repeatConclusion, repeatNotes } from '#shared/text/reproduction-text.ts';
import { heading, list, table } from './elements.ts';
import { html, type Html } from './template.ts';

/** Whether the numbers of the experiment that this one repeats came back. */
export function reproductionSection(reproduction: Reproduction, options: { level: number; id: string }): Html {
  return html`${heading(options.level, 'Measured again', `${options.id}-repeat`)}
    <p><strong>${repeatConclusion(reproduction)}</strong></p>
    ${list(repeatNotes(reproduction))}${table({
      caption: html`Against the experiment ${reproduction.originalExperimentId}.`,
      columns: repeatColumns,
      rows: repeatCells(reproduction).map(
        (cells) =>
          html`<tr>
            ${cells.map((cell, index) =>
              repeatColumns[index]?.isNumber
                ? html`<td class="number">${cell}</td>`
                : html`<td class="short">${cell}</td>`,
            )}
          </tr> `,
      ),
    })}`;
}
