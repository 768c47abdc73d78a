import { expect, test } from 'vitest';
import { arrayBytesFor, fitsIntoCache } from './measure-bandwidth.ts';

const MEBIBYTE = 2 ** 20;

test.each<[string, number | null, number]>([
  ['a small cache', 8, 64],
  ['a cache of half the smallest array', 32, 64],
  ['a larger cache', 96, 192],
  ['a cache that is too large for twice its size', 260, 256],
  ['a cache of unknown size', null, 256],
])('the array that memory is measured with, beside %s', (_, cacheMebibytes, mebibytes) => {
  const cacheBytes = cacheMebibytes === null ? null : cacheMebibytes * MEBIBYTE;
  expect(arrayBytesFor(cacheBytes)).toBe(mebibytes * MEBIBYTE);
});

test.each<[string, number, number | null, boolean]>([
  ['that fill the cache stay in it', 32, 32, true],
  ['beyond the cache are read from memory', 33, 32, false],
  ['of 128 MiB may stay in a cache of unknown size', 128, null, true],
  ['of more than that stay in none', 129, null, false],
])('weights %s', (_, weightMebibytes, cacheMebibytes, doesFit) => {
  const cacheBytes = cacheMebibytes === null ? null : cacheMebibytes * MEBIBYTE;
  expect(fitsIntoCache(weightMebibytes * MEBIBYTE, cacheBytes)).toBe(doesFit);
});
