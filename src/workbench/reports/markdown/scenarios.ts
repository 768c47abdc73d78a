import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import type { LatencyBound } from '#shared/latency-bound.ts';
import type { ScenarioOutcome } from '#shared/scenarios/scenario.ts';
import { fullConditionText } from '#shared/text/case-text.ts';
import { scenarioTable } from '#shared/text/scenario-table.ts';
import { SCENARIOS_METHOD, scenarioSentences, scenarioTitles } from '#shared/text/scenario-text.ts';
import { bulletList, escapeMarkdown, markdownTable } from './text.ts';

/** What the scenarios of each run found; nothing where none was asked for. */
export function scenarioBlocks({ rows, latencyBound }: ExperimentResults): string[] {
  const shown = rows.filter(({ run }) => (run.scenarios ?? []).length > 0);
  if (shown.length === 0) return [];
  return [
    '### Scenarios',
    SCENARIOS_METHOD,
    ...shown.flatMap(({ number, run }) => [
      `#### Run ${number}, ${escapeMarkdown(run.model.name)}`,
      escapeMarkdown(fullConditionText(run)),
      ...(run.scenarios ?? []).flatMap((outcome) => outcomeBlocks(outcome, latencyBound)),
    ]),
  ];
}

function outcomeBlocks(outcome: ScenarioOutcome, bound: LatencyBound | null): string[] {
  const [headline = '', ...others] = scenarioSentences(outcome, bound);
  const table = scenarioTable(outcome, bound);
  return [
    `**${scenarioTitles[outcome.kind]}: ${escapeMarkdown(headline)}**`,
    ...(others.length === 0 ? [] : [bulletList(others.map(escapeMarkdown))]),
    ...(table === null
      ? []
      : [
          markdownTable(
            table.columns.map(({ title, isNumber }) => (isNumber ? { title, align: 'right' as const } : { title })),
            table.rows.map((cells) => cells.map(escapeMarkdown)),
          ),
        ]),
  ];
}
