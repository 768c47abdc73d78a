/** Phases, memory and circumstances of each run, in the terminal. */
import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import { isCompleted } from '#shared/answer/result-row.ts';
import { formatCount } from '#shared/format.ts';
import type { LatencySummary } from '#shared/run.ts';
import type { RunDetails } from '#shared/run-record.ts';
import { fullConditionText } from '#shared/text/case-text.ts';
import { contextTexts, type NamedText } from '#shared/text/context-text.ts';
import { msText } from '#shared/text/number-text.ts';
import { inputTexts, memoryTexts, phaseTexts } from '#shared/text/record-text.ts';
import type { WorkbenchClient } from '#workbench/local-client.ts';
import { factLines, type TextPlace, wrapText } from './text-table.ts';

export async function readDetails(client: WorkbenchClient, runIds: readonly string[]): Promise<RunDetails[]> {
  return Promise.all(runIds.map((runId) => client.runs.record({ runId })));
}

export async function detailsText(
  client: WorkbenchClient,
  { rows }: ExperimentResults,
  { width, widest }: TextPlace,
): Promise<string> {
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
        ['Percentiles', percentileTexts(run.latencyMs)],
        ['Phases', phaseTexts(run, details)],
        ['Memory of the process', memoryTexts(run, details)],
        ['The machine meanwhile', run.context ? contextTexts(run.context) : []],
      ];
      const text = parts.flatMap(([title, items]) =>
        items.length === 0
          ? []
          : [
              `  ${title}\n${factLines(
                items.map(({ name, value }) => [name, value]),
                { widest, indent: '    ' },
              )}`,
            ],
      );
      return wrapText(`Run ${number}, ${run.model.name} on ${fullConditionText(run)}`, width) + text.join('');
    })
    .join('\n');
}

function percentileTexts(latencyMs: LatencySummary): NamedText[] {
  return (['p50', 'p90', 'p95', 'p99'] as const).map((name) => {
    const missing = latencyMs.unsupportedPercentiles?.find((item) => item.name === name);
    const value = missing
      ? `not claimed: it needs ${formatCount(missing.needs)} samples, and there are ${formatCount(missing.has)}`
      : `${msText(latencyMs[name])} ms`;
    return { name, value };
  });
}
