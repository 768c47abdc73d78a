import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import { isCompleted } from '#shared/answer/result-row.ts';
import { contextTexts, type NamedText } from '#shared/text/context-text.ts';
import { fullConditionText } from '#shared/text/case-text.ts';
import { inputTexts, memoryTexts, phaseTexts } from '#shared/text/record-text.ts';
import type { ReportContent } from '../report-content.ts';
import { bulletList, escapeMarkdown } from './text.ts';

/** Inputs, phases, memory and circumstances of each run; none where nothing was recorded. */
export function detailBlocks({ rows }: ExperimentResults, { detailsByRunId }: ReportContent): string[] {
  const blocks = rows.filter(isCompleted).flatMap(({ number, run }) => {
    const details = detailsByRunId?.get(run.id);
    if (!details?.record) return [];
    const parts: [string, NamedText[]][] = [
      ['Inputs', inputTexts(details)],
      ['Phases', phaseTexts(run, details)],
      ['Memory', memoryTexts(run, details)],
      ['The machine meanwhile', run.context ? contextTexts(run.context) : []],
    ];
    return [
      `**Run ${number}, ${escapeMarkdown(run.model.name)} on ${escapeMarkdown(fullConditionText(run))}**`,
      bulletList(
        parts.flatMap(([title, items]) =>
          items.length === 0
            ? []
            : [`${title}: ${items.map(({ name, value }) => escapeMarkdown(`${name} ${value}`)).join('; ')}`],
        ),
      ),
    ];
  });
  return blocks.length === 0 ? [] : ['### Inputs, phases and memory', ...blocks];
}
