import type { OperatorTable } from '#shared/text/operator-table.ts';
import { OPERATORS_CAPTION, type TimeTables } from '../time-tables.ts';
import { bulletList, escapeMarkdown, markdownTable } from './text.ts';

/** Where the time of each run goes, by operator; each run beside its baseline, layer by layer. None where no run was profiled. */
export function operatorBlocks(tables: readonly TimeTables[]): string[] {
  const [first] = tables;
  if (first === undefined) return [];
  const remarks = tables.flatMap(({ row, remark }) =>
    remark === null ? [] : [`Run ${row.number}: ${escapeMarkdown(remark)}`],
  );
  return [
    '### Where the time goes',
    OPERATORS_CAPTION,
    markdownTable(
      [{ title: 'Run' }, ...columnsOf(first.operators)],
      tables.flatMap(({ row: { number, run }, operators }) =>
        cellsOf(operators).map((cells, index) => [
          index === 0 ? `${number}, ${escapeMarkdown(run.model.name)}` : '',
          ...cells,
        ]),
      ),
    ),
    ...(remarks.length === 0 ? [] : [bulletList(remarks)]),
    ...tables.flatMap(layerBlocks),
  ];
}

function layerBlocks({ row: { number, run }, layers }: TimeTables): string[] {
  if (layers === null) return [];
  const { table, text } = layers;
  const name = `Run ${number}, ${escapeMarkdown(run.model.name)}`;
  if (table === null) return [`${name}: ${escapeMarkdown(text)}`];
  return [
    `**${name}, beside its baseline, layer by layer**; what it gained or cost most first. ${escapeMarkdown(text)}`,
    markdownTable(columnsOf(table), cellsOf(table)),
  ];
}

function columnsOf({ columns }: OperatorTable): { title: string; align?: 'right' }[] {
  return columns.map(({ title, unit, isNumber }) => ({
    title: escapeMarkdown(unit === undefined ? title : `${title}, ${unit}`),
    ...(isNumber ? { align: 'right' as const } : {}),
  }));
}

/** Escaped but for numbers, which hold no text from outside. */
function cellsOf({ columns, rows }: OperatorTable): string[][] {
  return rows.map((cells) => cells.map((cell, index) => (columns[index]?.isNumber ? cell : escapeMarkdown(cell))));
}
