import type { Reproduction } from '#shared/reproduction.ts';
import { repeatCells, repeatColumns, repeatConclusion, repeatNotes } from '#shared/text/reproduction-text.ts';
import { bulletList, escapeMarkdown, markdownTable } from './text.ts';

/** Whether the numbers of the experiment that this one repeats came back. */
export function reproductionBlocks(reproduction: Reproduction | undefined): string[] {
  if (reproduction === undefined) return [];
  const notes = repeatNotes(reproduction);
  return [
    '### Measured again',
    `**${repeatConclusion(reproduction)}** Against the experiment ${reproduction.originalExperimentId}.`,
    ...(notes.length === 0 ? [] : [bulletList(notes.map(escapeMarkdown))]),
    markdownTable(
      repeatColumns.map(({ title, isNumber }) => (isNumber ? { title, align: 'right' as const } : { title })),
      repeatCells(reproduction).map((cells) => cells.map(escapeMarkdown)),
    ),
  ];
}
