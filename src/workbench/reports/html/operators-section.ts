import type { OperatorTable } from '#shared/text/operator-table.ts';
import { OPERATORS_CAPTION, type TimeTables } from '../time-tables.ts';
import { type Column, list, numberCell, runHeader, table } from './elements.ts';
import { html, type Html, type HtmlValue } from './template.ts';

/** Where the time of each run goes, by operator; each run beside its baseline, layer by layer. Null where no run was profiled. */
export function operatorsSection(tables: readonly TimeTables[]): Html | null {
  const [first] = tables;
  if (first === undefined) return null;
  const remarks = tables.flatMap(({ row, remark }) =>
    remark === null ? [] : [html`${remark} <span class="muted">(#${row.number})</span>`],
  );
  const operators = table({
    caption: OPERATORS_CAPTION,
    columns: [{ title: 'Run' }, ...columnsOf(first.operators)],
    groups: tables.map(({ row, operators: { columns, rows } }) =>
      rows.map((cells, index) => tableRow(index === 0 ? runHeader(row) : html`<td></td>`, cells, columns)),
    ),
  });
  return html`${operators}${list(remarks, 'small')} ${tables.map(layersTable)}`;
}

function layersTable({ row: { number, run }, layers }: TimeTables): Html | null {
  if (layers === null) return null;
  const { table: aligned, text } = layers;
  if (aligned === null)
    return html`<p class="muted small">Run #${number}, “<bdi>${run.model.name}</bdi>”: ${text}</p> `;
  return table({
    caption: `Run #${number}, “${run.model.name}”, beside its baseline, layer by layer; what it gained or cost most first. ${text}`,
    columns: columnsOf(aligned),
    rows: aligned.rows.map(([layer = '', ...cells]) =>
      tableRow(html`<th scope="row" class="name">${layer}</th>`, cells, aligned.columns.slice(1)),
    ),
  });
}

function columnsOf({ columns }: OperatorTable): Column[] {
  return columns.map(({ title, unit, isNumber = false }) => ({
    title,
    isNumber,
    ...(unit === undefined ? {} : { detail: unit }),
  }));
}

function tableRow(head: HtmlValue, cells: readonly string[], columns: OperatorTable['columns']): Html {
  return html`<tr>
    ${head}${cells.map((cell, index) => (columns[index]?.isNumber ? numberCell(cell) : html`<td>${cell}</td>`))}
  </tr> `;
}
