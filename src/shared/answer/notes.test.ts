import { expect, test } from 'vitest';
import { collectNotes } from './notes.ts';
import type { ResultRow } from './result-row.ts';

const rowOf = (number: number, run: { reasons?: [string, string][]; warnings?: [string, string][] }): ResultRow => {
  const named = (list: [string, string][] = []) => list.map(([kind, message]) => ({ kind, message }));
  return {
    number,
    run: {
      id: `run-${number}`,
      stability: { reasons: named(run.reasons) },
      warnings: named(run.warnings),
    },
  } as unknown as ResultRow;
};

test('reasons that differ in what was measured only are one note, with the range', () => {
  const notes = collectNotes([
    rowOf(1, { reasons: [['spread', 'Blocks differ by 23.5 %.']] }),
    rowOf(2, { reasons: [['outliers', '8.2 % of the samples are far above.']] }),
    rowOf(3, { reasons: [['spread', 'Blocks differ by 9.1 %.']] }),
  ]);
  expect(notes).toEqual([
    { kind: 'spread', message: 'Blocks differ by 9.1 to 23.5 %.', runNumbers: [1, 3] },
    { kind: 'outliers', message: '8.2 % of the samples are far above.', runNumbers: [2] },
  ]);
});

test('warnings, whose figures may be names, are one note only where they are the same', () => {
  const notes = collectNotes([
    rowOf(1, { warnings: [['size', 'model-8 is large.']] }),
    rowOf(2, { warnings: [['size', 'model-4 is large.']] }),
    rowOf(3, { warnings: [['size', 'model-8 is large.']] }),
  ]);
  expect(notes.map(({ message, runNumbers }) => [message, runNumbers])).toEqual([
    ['model-8 is large.', [1, 3]],
    ['model-4 is large.', [2]],
  ]);
});
