import { describe, expect, test } from 'vitest';
import type { EngineTensor } from '#shared/engine-protocol.ts';
import type { InputSlot } from '../runtime/resolve-shapes.ts';
import { rowsOfArrays } from './rows-of-arrays.ts';

/** Bytes that count up. */
const array = (...shape: number[]): EngineTensor => {
  const size = shape.reduce((total, length) => total * length, 1);
  return { dtype: 'uint8', shape, bytes: Uint8Array.from({ length: size }, (_, index) => index) };
};
const slot = (name: string, ...shape: (number | string)[]): InputSlot => ({ name, dtype: 'uint8', shape });
const cut = (slots: InputSlot[], arrays: Record<string, EngineTensor>) =>
  rowsOfArrays(slots, new Map(Object.entries(arrays)), 'items.npz');

describe('items of an array are', () => {
  test.each([
    ['rows of an open batch', slot('x', 'batch', 3), array(5, 3), { itemCount: 5, itemsPerRun: null }],
    ['rows of a batch that the model fixes', slot('x', 2, 3), array(5, 3), { itemCount: 5, itemsPerRun: 2 }],
    ['whole inputs', slot('x', 2, 'batch', 3), array(5, 2, 1, 3), { itemCount: 5, itemsPerRun: 1 }],
    ['scalars', slot('x'), array(5), { itemCount: 5, itemsPerRun: 1 }],
    ['the rows of what is one whole batch', slot('x', 5, 3), array(5, 3), { itemCount: 5, itemsPerRun: 5 }],
    ['one, where the first axis is no batch', slot('x', 'tokens', 3), array(5, 3), { itemCount: 1, itemsPerRun: 1 }],
  ])('%s', (_, input, given, expected) => {
    expect(cut([input], { x: given })).toMatchObject(expected);
  });
});

test('a run has the rows of its items, and what is the same for all', () => {
  const rows = cut([slot('x', 'batch', 3), slot('rate'), slot('table', 4, 2)], {
    x: array(5, 3),
    rate: array(),
    table: array(4, 2),
  });
  const run = rows.take(1, 2);
  expect(run.get('x')).toEqual({ dtype: 'uint8', shape: [2, 3], bytes: Uint8Array.of(3, 4, 5, 6, 7, 8) });
  expect(run.get('rate')).toEqual(array());
  expect(run.get('table')).toEqual(array(4, 2));
});

test('whole inputs lose the axis that counted them', () => {
  const rows = cut([slot('x', 'batch', 2), slot('state', 2, 'batch', 1)], { x: array(3, 2), state: array(3, 2, 1, 1) });
  expect(rows.itemsPerRun).toBe(1);
  expect(rows.take(2, 1).get('state')).toEqual({ dtype: 'uint8', shape: [2, 1, 1], bytes: Uint8Array.of(4, 5) });
  expect(rows.take(2, 1).get('x')).toEqual({ dtype: 'uint8', shape: [1, 2], bytes: Uint8Array.of(4, 5) });
});

test('a state for one item, whose batch is inside of it, makes runs of one item', () => {
  const rows = cut([slot('x', 'batch', 2), slot('state', 2, 'batch', 1)], { x: array(3, 2), state: array(2, 1, 1) });
  expect(rows).toMatchObject({ itemCount: 3, itemsPerRun: 1 });
});

test('a batch that is not full ends with zeros', () => {
  const run = cut([slot('x', 2, 1)], { x: array(3, 1) }).take(2, 1);
  expect(run.get('x')).toEqual({ dtype: 'uint8', shape: [2, 1], bytes: Uint8Array.of(2, 0) });
});

test.each([
  [
    'other numbers of items',
    { x: array(3, 2), y: array(4, 2) },
    'items.npz has 3 items for the input “x” and 4 for “y”',
    [slot('x', 'batch', 2), slot('y', 'batch', 2)],
  ],
  [
    'batches of other sizes',
    { x: array(4, 1), y: array(4, 1) },
    'take 1 and 2 rows at once, so items cannot be cut from items.npz',
    [slot('x', 1, 1), slot('y', 2, 1)],
  ],
  [
    'no items',
    { x: array(0, 2) },
    'items.npz has no items: the array for the input “x” is [0, 2]. Save one item or more, along the first axis.',
    [slot('x', 'batch', 2)],
  ],
  [
    'no states',
    { x: array(2, 3), state: array(0, 2, 1) },
    'items.npz has 2 items for the input “x” and 0 for “state”',
    [slot('x', 'batch', 3), slot('state', 2, 1)],
  ],
])('%s are refused', (_, arrays, message, slots) => {
  expect(() => cut(slots, arrays)).toThrow(message);
});
