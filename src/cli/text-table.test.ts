import { expect, test } from 'vitest';
import { factLines, textTable, wrapText } from './text-table.ts';

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
