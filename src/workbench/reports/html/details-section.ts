import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import { isCompleted } from '#shared/answer/result-row.ts';
import { contextTexts } from '#shared/text/context-text.ts';
import { inputTexts, memoryTexts, phaseTexts } from '#shared/text/record-text.ts';
import type { RunDetails } from '#shared/run-record.ts';
import type { ReportContent } from '../report-content.ts';
import { runHeader, table } from './elements.ts';
import { html, type Html } from './template.ts';

/** Phases, memory and circumstances of each run; null where none was recorded. */
export function detailsTable({ rows }: ExperimentResults, { detailsByRunId }: ReportContent): Html | null {
  const recorded = rows.filter(isCompleted).flatMap((row) => {
    const details = detailsByRunId?.get(row.run.id);
    return details?.record ? [{ row, details }] : [];
  });
  if (recorded.length === 0) return null;
  return table({
    caption: 'Phases are single measurements without an interval. Memory is that of the process that ran the model.',
    columns: [
      { title: 'Run' },
      { title: 'Inputs and phases' },
      { title: 'Memory' },
      { title: 'The machine meanwhile' },
    ],
    rows: recorded.map(({ row, details }) => {
      const cell = (items: readonly { name: string; value: string }[]): Html =>
        html`<td class="wraps">
          ${items.map(({ name, value }) => html`<div><strong>${name}</strong> ${value}</div> `)}
        </td>`;
      const { run } = row;
      return html`<tr>
        ${runHeader(row)}${cell([...inputs(details), ...phaseTexts(run, details)])}${cell(memoryTexts(run, details))}${cell(run.context ? contextTexts(run.context) : [])}
      </tr> `;
    }),
  });
}

function inputs(details: RunDetails): { name: string; value: string }[] {
  return inputTexts(details).map(({ name, value }) => ({ name: `Input ${name}`, value }));
}
