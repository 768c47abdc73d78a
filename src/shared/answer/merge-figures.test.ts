import { expect, test } from 'vitest';
import { mergeFigures, wordsOf } from './merge-figures.ts';

test.each([
  [['Blocks differ by 9.5 % from one another.'], 'Blocks differ by 9.5 % from one another.'],
  [
    ['Blocks differ by 32.1 % from one another.', 'Blocks differ by 9.5 % from one another.'],
    'Blocks differ by 9.5 to 32.1 % from one another.',
  ],
  [
    ['1,200 samples, 3 cores, 8 %.', '990 samples, 3 cores, 7 %.', '1,100 samples, 3 cores, 10 %.'],
    '990 to 1,200 samples, 3 cores, 7 to 10 %.',
  ],
  [['No figure.', 'No figure.'], 'No figure.'],
])('%j', (sentences, expected) => {
  expect(new Set(sentences.map(wordsOf)).size).toBe(1);
  expect(mergeFigures(sentences)).toBe(expected);
});
