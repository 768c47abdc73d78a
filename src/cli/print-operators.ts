/** Where the time of each run goes, in the terminal. */
import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import { isCompleted } from '#shared/answer/result-row.ts';
import { formatPercent } from '#shared/format.ts';
import type { DividedTime } from '#shared/operator-profile.ts';
import { fullConditionText } from '#shared/text/case-text.ts';
import { msText, NOT_KNOWN } from '#shared/text/number-text.ts';
import { operatorRows, scaleText } from '#shared/text/operator-text.ts';
import type { WorkbenchClient } from '#workbench/local-client.ts';
import { textTable } from './text-table.ts';

const MOST_OPERATORS = 10;
const MOST_NODES = 5;

/** By run, those without a profile too. */
export async function readOperators(
  client: WorkbenchClient,
  runIds: readonly string[],
): Promise<{ runId: string; operators: DividedTime | null }[]> {
  return Promise.all(runIds.map((runId) => client.runs.operators({ runId })));
}

export async function operatorsText(client: WorkbenchClient, { rows }: ExperimentResults): Promise<string> {
  const completed = rows.filter(isCompleted);
  const profiles = await readOperators(
    client,
    completed.map(({ run }) => run.id),
  );
  const parts = completed.map(({ number, run }, index) => {
    const title = `Run ${number}, ${run.model.name} on ${fullConditionText(run)}: ${msText(run.latencyMs.median)} ms`;
    const time = profiles[index]?.operators ?? null;
    return time === null ? `${title}\nIt was not profiled.\n` : `${title}\n${tables(time)}`;
  });
  return parts.length === 0 ? 'No run has times to divide.\n' : parts.join('\n');
}

function tables(time: DividedTime): string {
  const columns = [
    { title: 'Operator' },
    { title: 'Nodes', align: 'right' as const },
    { title: 'ms', align: 'right' as const },
    { title: 'Share', align: 'right' as const },
  ];
  const operators = operatorRows(time, MOST_OPERATORS).map(({ title, nodeCount, timeMs, share }) => [
    title,
    nodeCount === null ? NOT_KNOWN : String(nodeCount),
    msText(timeMs),
    share === null ? NOT_KNOWN : formatPercent(share),
  ]);
  const slowest = time.nodes
    .slice(0, MOST_NODES)
    .map(({ name, operator, share }) => `  ${formatPercent(share)}  ${operator}  ${name}\n`);
  const scaled = scaleText(time);
  return `${textTable(columns, operators)}Slowest nodes\n${slowest.join('')}${scaled === null ? '' : `${scaled}\n`}`;
}
