/** Tables in the terminal. */
import { charactersOf } from '#shared/text/name-text.ts';
import type { Output } from './command-context.ts';

export type Column = { title: string; align?: 'right' };

const WIDEST_TEXT = 110;

/** Where text goes: how wide it may be, and whether a person sees it there. */
export type TextPlace = { width: number; isTerminal: boolean };

/** As wide as the terminal, and no wider than reads well. */
export function textPlace({ isTerminal, columns }: Pick<Output, 'isTerminal' | 'columns'>): TextPlace {
  return { width: isTerminal ? Math.min(columns(), WIDEST_TEXT) : WIDEST_TEXT, isTerminal };
}

/**
 * Columns are as wide as their widest cell, two spaces apart; no line ends in spaces.
 * @param widest of a line: where the table would be wider, each row is a list of its cells by their titles
 */
export function textTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  widest = Number.POSITIVE_INFINITY,
): string {
  const lines = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, index) => Math.max(...lines.map((cells) => widthOf(cells[index] ?? ''))));
  const format = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => {
        const padding = ' '.repeat((widths[index] ?? 0) - widthOf(cell));
        return columns[index]?.align === 'right' ? padding + cell : cell + padding;
      })
      .join('  ')
      .trimEnd();
  const lineWidth = widths.reduce((sum, width) => sum + width + 2, -2);
  if (lineWidth > widest) {
    return rows.map((cells) => factLines(columns.map(({ title }, index) => [title, cells[index] ?? '']))).join('\n');
  }
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  const [head = [], ...body] = lines;
  return [format(head), rule, ...body.map(format)].map((line) => `${line}\n`).join('');
}

/** Facts, one a line. */
export function factLines(facts: readonly (readonly [string, string])[]): string {
  const width = Math.max(...facts.map(([name]) => widthOf(name)));
  return facts.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
}

function widthOf(text: string): number {
  return charactersOf(text).length;
}

/** Breaks a paragraph into lines of at most `width` characters. */
export function wrapText(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines.map((part) => `${indent}${part}\n`).join('');
}
