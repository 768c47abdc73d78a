/** Scenarios of each run in the terminal: what was found, and the points or probes that it rests on. */
import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import type { LatencyBound } from '#shared/latency-bound.ts';
import type { ScenarioOutcome } from '#shared/scenarios/scenario.ts';
import { fullConditionText } from '#shared/text/case-text.ts';
import { scenarioTable } from '#shared/text/scenario-table.ts';
import { scenarioSentences, scenarioTitles } from '#shared/text/scenario-text.ts';
import { type TextPlace, textTable, wrapText } from './text-table.ts';

/** Empty where no run has any. */
export function scenariosText({ rows, latencyBound }: ExperimentResults, place: TextPlace): string {
  const parts = rows
    .filter(({ run }) => (run.scenarios ?? []).length > 0)
    .map(({ number, run }) => {
      const outcomes = (run.scenarios ?? [])
        .map((outcome) => outcomeText(outcome, { bound: latencyBound, ...place }))
        .join('');
      return (
        wrapText(`Scenarios of run ${number}, ${run.model.name} on ${fullConditionText(run)}`, place.width) + outcomes
      );
    });
  return parts.length === 0 ? '' : `\n${parts.join('\n')}`;
}

function outcomeText(
  outcome: ScenarioOutcome,
  { bound, width, widest }: TextPlace & { bound: LatencyBound | null },
): string {
  const [first = '', ...others] = scenarioSentences(outcome, bound);
  const words = [`${scenarioTitles[outcome.kind]}: ${first}`, ...others].map((text, index) =>
    wrapText(text, width, index === 0 ? '  ' : '    '),
  );
  const table = scenarioTable(outcome, bound);
  if (table === null) return words.join('');
  const columns = table.columns.map(({ title, isNumber }) =>
    isNumber ? { title, align: 'right' as const } : { title },
  );
  return words.join('') + textTable(columns, table.rows, { widest, indent: '    ' });
}
