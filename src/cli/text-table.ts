/** Tables in the terminal. */
import { charactersOf } from '#shared/text/name-text.ts';
import type { Output } from './command-context.ts';

export type Column = { title: string; align?: 'right' };

const WIDEST_TEXT = 110;

/** Where text goes: how wide paragraphs may be, and tables, which a file takes as wide as they are. */
export type TextPlace = { width: number; widest: number };

/** As wide as the terminal, and paragraphs no wider than reads well. */
export function textPlace({ isTerminal, columns }: Pick<Output, 'isTerminal' | 'columns'>): TextPlace {
  if (!isTerminal) return { width: WIDEST_TEXT, widest: Number.POSITIVE_INFINITY };
  return { width: Math.min(columns(), WIDEST_TEXT), widest: columns() };
}

/**
 * Columns are as wide as their widest cell, two spaces apart; no line ends in spaces.
 * @param options.widest of a line: where the table would be wider, each row is a list of its cells by their titles
 * @param options.indent before each line
 */
export function textTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { widest = Number.POSITIVE_INFINITY, indent = '' }: { widest?: number; indent?: string } = {},
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
  const lineWidth = widths.reduce((sum, width) => sum + width + 2, indent.length - 2);
  if (lineWidth > widest) {
    // As wide in each list, also where one lacks the longest.
    const titleWidth = Math.max(...columns.map(({ title }) => widthOf(title)));
    const titles = columns.map(({ title }) => title + ' '.repeat(titleWidth - widthOf(title)));
    return rows
      .map((cells) => titles.map((title, index) => [title, cells[index] ?? ''] as const))
      .map((facts) =>
        factLines(
          facts.filter(([, value]) => value !== ''),
          { widest, indent },
        ),
      )
      .join('\n');
  }
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  const [head = [], ...body] = lines;
  return [format(head), rule, ...body.map(format)].map((line) => `${indent}${line}\n`).join('');
}

/** Below this width of values their names stand above them. */
const NARROWEST_VALUE = 20;

/**
 * Facts, one a line.
 * @param options.widest of a line: longer values are broken between words, and go on under their beginning
 * @param options.indent before each line
 */
export function factLines(
  facts: readonly (readonly [string, string])[],
  { widest = Number.POSITIVE_INFINITY, indent = '' }: { widest?: number; indent?: string } = {},
): string {
  const width = Math.max(0, ...facts.map(([name]) => widthOf(name)));
  const isStacked = widest - indent.length - width - 2 < NARROWEST_VALUE;
  const start = indent + ' '.repeat(isStacked ? 2 : width + 2);
  return facts
    .map(([name, value]) => {
      const lines = wrapText(value, widest, start);
      if (isStacked) return `${indent}${name.trimEnd()}\n${lines}`;
      return `${indent}${name}${' '.repeat(width + 2 - widthOf(name))}${lines.slice(start.length)}`;
    })
    .join('');
}

function widthOf(text: string): number {
  return charactersOf(text).length;
}

/** Breaks a paragraph into lines of at most `width` characters. */
export function wrapText(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines.map((part) => `${indent}${part}\n`).join('');
}
