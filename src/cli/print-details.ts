/** Phases, memory and circumstances of each run, in the terminal. */
import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import { isCompleted } from '#shared/answer/result-row.ts';
import type { RunDetails } from '#shared/run-record.ts';
import { fullConditionText } from '#shared/text/case-text.ts';
import { contextTexts, type NamedText } from '#shared/text/context-text.ts';
import { inputTexts, memoryTexts, phaseTexts } from '#shared/text/record-text.ts';
import type { WorkbenchClient } from '#workbench/local-client.ts';

export async function readDetails(client: WorkbenchClient, runIds: readonly string[]): Promise<RunDetails[]> {
  return Promise.all(runIds.map((runId) => client.runs.record({ runId })));
}

export async function detailsText(client: WorkbenchClient, { rows }: ExperimentResults): Promise<string> {
  const completed = rows.filter(isCompleted);
  const all = await readDetails(
    client,
    completed.map(({ run }) => run.id),
  );
  return completed
    .map(({ number, run }, index) => {
      const details = all[index] as RunDetails;
      const parts: [string, NamedText[]][] = [
        ['Inputs', inputTexts(details)],
        ['Phases', phaseTexts(run, details)],
        ['Memory of the process', memoryTexts(run, details)],
        ['The machine meanwhile', run.context ? contextTexts(run.context) : []],
      ];
      const text = parts.flatMap(([title, items]) => (items.length === 0 ? [] : [`  ${title}\n${listText(items)}`]));
      return `Run ${number}, ${run.model.name} on ${fullConditionText(run)}\n${text.join('')}`;
    })
    .join('\n');
}

function listText(items: readonly NamedText[]): string {
  const width = Math.max(...items.map(({ name }) => name.length));
  return items.map(({ name, value }) => `    ${name.padEnd(width)}  ${value}\n`).join('');
}
