/** Where the time of each run goes, in the terminal. */
import type { AlignedOperators } from '#shared/align-operators.ts';
import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import { isCompleted, type ResultRow } from '#shared/answer/result-row.ts';
import type { BenchDocument } from '#shared/documents.ts';
import { formatPercent } from '#shared/format.ts';
import type { DividedTime } from '#shared/operator-profile.ts';
import { fullConditionText } from '#shared/text/case-text.ts';
import { msText } from '#shared/text/number-text.ts';
import { alignedTable, type OperatorTable, operatorTable } from '#shared/text/operator-table.ts';
import { scaleText } from '#shared/text/operator-text.ts';
import type { WorkbenchClient } from '#workbench/local-client.ts';
import { factLines, type TextPlace, textTable, wrapText } from './text-table.ts';

const MOST_OPERATORS = 10;
const MOST_NODES = 5;
const MOST_LAYERS = 12;
const MOST_NAMES = 4;

/** By run, those without a profile too. */
export async function readOperators(
  client: WorkbenchClient,
  runIds: readonly string[],
): Promise<NonNullable<BenchDocument['operators']>> {
  return Promise.all(runIds.map((runId) => client.runs.operators({ runId })));
}

export async function operatorsText(
  client: WorkbenchClient,
  { rows }: ExperimentResults,
  place: TextPlace,
): Promise<string> {
  const completed = rows.filter(isCompleted);
  const profiles = await readOperators(
    client,
    completed.map(({ run }) => run.id),
  );
  const parts = completed.map(({ number, run, comparison }, index) => {
    const title = wrapText(
      `Run ${number}, ${run.model.name} on ${fullConditionText(run)}: ${msText(run.latencyMs.median)} ms`,
      place.width,
    );
    const time = profiles[index]?.operators ?? null;
    const aligned = profiles[index]?.aligned ?? null;
    if (time === null) return `${title}It was not profiled.\n`;
    return `${title}${timeText(time, place)}${aligned === null ? '' : `\n${layersText({ number, comparison }, aligned, place)}`}`;
  });
  return parts.length === 0 ? 'No run has times to divide.\n' : parts.join('\n');
}

function timeText(time: DividedTime, { width, widest }: TextPlace): string {
  const slowest = time.nodes.slice(0, MOST_NODES).map((node) =>
    factLines([[formatPercent(node.share), `${node.operator}  ${node.name}${standsForText(node)}`]], {
      widest,
      indent: '  ',
    }),
  );
  const scaled = scaleText(time);
  return `${tableText(operatorTable(time, MOST_OPERATORS), widest)}Slowest nodes\n${slowest.join('')}${scaled === null ? '' : wrapText(scaled, width)}`;
}

function layersText(
  { number, comparison }: Pick<ResultRow, 'number' | 'comparison'>,
  aligned: AlignedOperators,
  { width, widest }: TextPlace,
): string {
  const { table, text } = alignedTable(aligned, { runNumber: number, comparison, mostRows: MOST_LAYERS });
  if (table === null) return wrapText(text, width);
  return `Beside its baseline, layer by layer\n${tableText(table, widest)}${wrapText(text, width)}`;
}

function tableText({ columns, rows }: OperatorTable, widest: number): string {
  return textTable(
    columns.map(({ title, unit, isNumber }) => ({
      title: unit === undefined ? title : `${title}, ${unit}`,
      ...(isNumber ? { align: 'right' as const } : {}),
    })),
    rows,
    { widest },
  );
}

/** Nothing for a node that is in the file as it is. */
function standsForText({ name, standsFor = [] }: DividedTime['nodes'][number]): string {
  if (standsFor.length === 0 || (standsFor.length === 1 && standsFor[0] === name)) return '';
  const shown = standsFor.slice(0, MOST_NAMES).join(', ');
  return ` = ${standsFor.length > MOST_NAMES ? `${shown} and ${standsFor.length - MOST_NAMES} more` : shown}`;
}
