import { expect, test } from 'vitest';
import { factLines, textPlace, textTable, wrapText } from './text-table.ts';

test('columns are as wide as their widest cell, numbers to the right', () => {
  expect(
    textTable(
      [{ title: 'Model' }, { title: 'ms', align: 'right' }],
      [
        ['fashion-resnet', '0.8'],
        ['é', '12.3'],
      ],
    ),
  ).toBe('Model             ms\n──────────────  ────\nfashion-resnet   0.8\né               12.3\n');
});

test('a table that is too wide for its place becomes lists', () => {
  const columns = [{ title: 'Model' }, { title: 'ms', align: 'right' as const }];
  const rows = [
    ['one', '0.8'],
    ['two', '1.2'],
  ];
  expect(textTable(columns, rows, { widest: 10 })).toBe('Model   ms\n─────  ───\none    0.8\ntwo    1.2\n');
  expect(textTable(columns, rows, { widest: 9 })).toBe('Model\n  one\nms\n  0.8\n\nModel\n  two\nms\n  1.2\n');
});

test('text is as wide as the terminal, up to what reads well, and the same in every file', () => {
  expect(textPlace({ isTerminal: true, columns: () => 60 }).width).toBe(60);
  expect(textPlace({ isTerminal: true, columns: () => 300 }).width).toBe(110);
  expect(textPlace({ isTerminal: false, columns: () => 60 }).width).toBe(110);
});

test('tables are as wide as the terminal, and as wide as they like in a file', () => {
  expect(textPlace({ isTerminal: true, columns: () => 300 }).widest).toBe(300);
  expect(textPlace({ isTerminal: false, columns: () => 60 }).widest).toBe(Number.POSITIVE_INFINITY);
});

test('a long value goes on under its beginning, and stands below its name where there is no room beside it', () => {
  const facts = [['Name', 'one two three four five six seven']] as const;
  expect(factLines(facts, { widest: 27 })).toBe('Name  one two three four\n      five six seven\n');
  expect(factLines(facts, { widest: 25, indent: ' ' })).toBe(' Name\n   one two three four\n   five six seven\n');
});

test('a list has no lines of cells that hold nothing', () => {
  const columns = [{ title: 'Model' }, { title: '' }, { title: 'ms' }];
  expect(textTable(columns, [['one', '', '0.8']], { widest: 9 })).toBe('Model\n  one\nms\n  0.8\n');
});

test('facts stand under each other', () => {
  expect(
    factLines([
      ['Size', '1 KiB'],
      ['Producer', 'x'],
    ]),
  ).toBe('Size      1 KiB\nProducer  x\n');
});

test('a paragraph is broken between words, a long word is kept whole', () => {
  expect(wrapText('one two three extraordinarily', 9, ' ')).toBe(' one two\n three\n extraordinarily\n');
});
