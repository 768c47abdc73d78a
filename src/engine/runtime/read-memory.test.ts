import { expect, test } from 'vitest';
import { parseProcStatus } from '#shared/proc-status.ts';
import { collectGarbage } from './collect-garbage.ts';
import { readMemory } from './read-memory.ts';

test('resident and peak memory are read in bytes', () => {
  const text =
    'Name:\tnode\nVmPeak:\t  999999 kB\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\nRssAnon:\t     512 kB\nRssFile:\t     256 kB\nRssShmem:\t     256 kB\n';
  expect(parseProcStatus(text)).toEqual({
    residentBytes: 2 ** 20,
    peakBytes: 2 ** 21,
    anonymousBytes: 2 ** 19,
    fileBytes: 2 ** 19,
  });
});

test('what the platform does not tell is null', () => {
  expect(parseProcStatus('')).toEqual({
    residentBytes: null,
    peakBytes: null,
    anonymousBytes: null,
    fileBytes: null,
  });
});

test('this process has at least the memory of an array that was just filled', () => {
  // Nothing may be given back in between.
  collectGarbage('shrinking');
  const before = readMemory();
  const filled = new Uint8Array(64 * 2 ** 20).fill(1);
  const after = readMemory();
  expect(after.residentBytes).toBeGreaterThan((before.residentBytes ?? 0) + filled.length / 2);
  expect(after.peakBytes).toBeGreaterThanOrEqual(after.residentBytes ?? Infinity);
});
