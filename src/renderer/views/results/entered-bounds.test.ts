import { expect, test } from 'vitest';
import type { LatencyBound } from '#shared/latency-bound.ts';
import { keepBound, keptBound } from './entered-bounds.ts';

const bound: LatencyBound = { ms: 12.5, statistic: 'p99' };
const storageOf = (text: string | null = null) => {
  let kept = text;
  return {
    getItem: () => kept,
    setItem: (_key: string, value: string) => {
      kept = value;
    },
  };
};

test('a bound is kept for its experiment alone, and none is kept too', () => {
  const storage = storageOf();
  keepBound(storage, 'a', bound);
  keepBound(storage, 'b', null);
  expect(['a', 'b', 'c'].map((id) => keptBound(storage, id))).toEqual([bound, null, undefined]);
  keepBound(storage, 'a', null);
  expect(keptBound(storage, 'a')).toBeNull();
});

test('of very many the oldest are forgotten', () => {
  const storage = storageOf();
  for (let index = 0; index < 250; index += 1) keepBound(storage, String(index), bound);
  expect(keptBound(storage, '49')).toBeUndefined();
  expect(keptBound(storage, '50')).toEqual(bound);
});

test.each(['{', '[["a", {"ms": "soon"}]]', '3'])('what cannot be read is none: %s', (text) => {
  const storage = storageOf(text);
  expect(keptBound(storage, 'a')).toBeUndefined();
  keepBound(storage, 'a', bound);
  expect(keptBound(storage, 'a')).toEqual(bound);
});
