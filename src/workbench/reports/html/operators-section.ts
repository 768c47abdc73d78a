import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import { isCompleted, type ResultRow } from '#shared/answer/result-row.ts';
import { type AlignedOperators, hasCounterparts } from '#shared/align-operators.ts';
import { formatCount, formatPercent } from '#shared/format.ts';
import { alignedRows, alignedText, NO_COUNTERPARTS } from '#shared/text/aligned-text.ts';
import { msText, NOT_KNOWN } from '#shared/text/number-text.ts';
import { operatorRows, scaleText } from '#shared/text/operator-text.ts';
import type { ReportContent } from '../report-content.ts';
import { list, numberCell, runHeader, table } from './elements.ts';
import { html, type Html } from './template.ts';

const MOST_OPERATORS = 6;

/** Where the time of each run goes, by operator; null where no run was profiled. */
export function operatorsTable({ rows }: ExperimentResults, { operatorsByRunId }: ReportContent): Html | null {
  const profiled = rows.filter(isCompleted).flatMap((row) => {
    const time = operatorsByRunId?.get(row.run.id);
    return time ? [{ row, time }] : [];
  });
  if (profiled.length === 0) return null;
  const remarks = profiled.flatMap(({ row, time }) => {
    const text = scaleText(time);
    return text === null ? [] : [html`${text} <span class="muted">(#${row.number})</span>`];
  });
  const operators = table({
    caption: 'Parts of the median latency, from a profiled session after measuring.',
    columns: [
      { title: 'Run' },
      { title: 'Operator' },
      { title: 'Nodes', isNumber: true },
      { title: 'Time', detail: 'ms', isNumber: true },
      { title: 'Share', isNumber: true },
    ],
    groups: profiled.map(({ row, time }) =>
      operatorRows(time, MOST_OPERATORS).map(
        ({ title, nodeCount, timeMs, share }, index) =>
          html`<tr>
            ${index === 0 ? runHeader(row) : html`<td></td>`}
            <td>${title}</td>
            ${numberCell(formatCount(nodeCount))}${numberCell(msText(timeMs))}${numberCell(share === null ? NOT_KNOWN : formatPercent(share))}
          </tr> `,
      ),
    ),
  });
  return html`${operators}${list(remarks, 'small')}`;
}

const MOST_LAYERS = 8;

/** Each run beside its baseline, layer by layer; null where none can be. */
export function alignedTables({ rows }: ExperimentResults, { alignedByRunId }: ReportContent): Html | null {
  const tables = rows.filter(isCompleted).flatMap((row) => {
    const aligned = alignedByRunId?.get(row.run.id);
    return aligned ? [alignedTable(row, aligned)] : [];
  });
  return tables.length === 0 ? null : html`${tables}`;
}

function alignedTable({ number, run, comparison }: ResultRow, aligned: AlignedOperators): Html {
  if (!hasCounterparts(aligned)) {
    return html`<p class="muted small">
      Run #${number}, “<bdi>${run.model.name}</bdi>”: ${NO_COUNTERPARTS} ${alignedText(aligned, null)}
    </p> `;
  }
  return table({
    caption: `Run #${number}, “${run.model.name}”, beside its baseline, layer by layer; what it gained or cost most first. ${alignedText(aligned, comparison)}`,
    columns: [
      { title: 'Layer' },
      { title: 'Baseline' },
      { title: 'Time', detail: 'ms', isNumber: true },
      { title: `#${number}` },
      { title: 'Time', detail: 'ms', isNumber: true },
      { title: 'Change', detail: 'ms', isNumber: true },
    ],
    rows: alignedRows(aligned, MOST_LAYERS).map(
      ({ layer, original, originalMs, compressed, compressedMs, change }) =>
        html`<tr>
          <th scope="row" class="name">${layer}</th>
          <td>${original}</td>
          ${numberCell(msText(originalMs))}
          <td>${compressed}</td>
          ${numberCell(msText(compressedMs))}${numberCell(change)}
        </tr> `,
    ),
  });
}
