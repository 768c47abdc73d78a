import { expect, test } from 'vitest';
import { z } from 'zod';
import { storageOf } from '../../../tests/fakes/fake-storage.ts';
import { enteredBounds } from '../views/results/entered-bounds.ts';
import { keepById } from './keep-by-id.ts';

const numbers = keepById('numbers', z.number().nullable(), 50);

test('an entry is kept for what it belongs to alone, and none is an entry too', () => {
  const storage = storageOf();
  numbers.keep(storage, 'a', 1);
  numbers.keep(storage, 'b', null);
  expect(['a', 'b', 'c'].map((id) => numbers.find(storage, id))).toEqual([1, null, undefined]);
  numbers.keep(storage, 'a', null);
  expect(numbers.find(storage, 'a')).toBeNull();
  numbers.forget(storage, 'a');
  expect(['a', 'b'].map((id) => numbers.find(storage, id))).toEqual([undefined, null]);
});

test('of very many the oldest are forgotten', () => {
  const storage = storageOf();
  for (let index = 0; index < 60; index += 1) numbers.keep(storage, String(index), index);
  expect(numbers.find(storage, '9')).toBeUndefined();
  expect(numbers.find(storage, '10')).toBe(10);
});

test.each(['{', '[["a", "soon"]]', '3'])('what cannot be read is none: %s', (text) => {
  const storage = storageOf(text);
  expect(numbers.find(storage, 'a')).toBeUndefined();
  numbers.keep(storage, 'a', 1);
  expect(numbers.find(storage, 'a')).toBe(1);
});

test('a latency bound that is none is not taken', () => {
  expect(enteredBounds.find(storageOf('[["a", {"ms": "soon"}]]'), 'a')).toBeUndefined();
  expect(enteredBounds.find(storageOf('[["a", {"ms": 12.5, "statistic": "p99"}]]'), 'a')).toEqual({
    ms: 12.5,
    statistic: 'p99',
  });
});
