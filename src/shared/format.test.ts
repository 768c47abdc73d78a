import { describe, expect, test } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatMs,
  formatPercent,
  formatShortCount,
  formatSpeedup,
} from './format.ts';

describe('format', () => {
  test.each([
    [0, '0 ms'],
    [0.000_5, '0.500 µs'],
    [0.0421, '42.1 µs'],
    [0.9996, '1.00 ms'],
    [3.4249, '3.42 ms'],
    [42.4, '42.4 ms'],
    [812.4, '812 ms'],
    [999.6, '1.00 s'],
    [12_345, '12.3 s'],
    [null, '—'],
  ])('%d milliseconds', (value, expected) => expect(formatMs(value)).toBe(expected));

  test.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.00 KiB'],
    [2_726_088, '2.60 MiB'],
    [1024 ** 3 * 23.5, '23.5 GiB'],
    [null, '—'],
  ])('%d bytes', (value, expected) => expect(formatBytes(value)).toBe(expected));

  test.each([
    [677_482, '677,482', '677 k'],
    [10, '10', '10'],
    [0.1234, '0.123', '0.123'],
    [3_200_000, '3,200,000', '3.20 M'],
  ])('%d as a count', (value, long, short) => {
    expect(formatCount(value)).toBe(long);
    expect(formatShortCount(value)).toBe(short);
  });

  test.each([
    [300, 'under 1 s'],
    [8200, '8 s'],
    [60_000, '1 min'],
    [125_000, '2 min 5 s'],
    [3_780_000, '1 h 3 min'],
  ])('%d ms as a duration', (value, expected) => expect(formatDuration(value)).toBe(expected));

  test('a share, and a speed-up that is never claimed inside the noise', () => {
    expect(formatPercent(0.925)).toBe('92.5 %');
    const speedup = { estimate: 0.8, ciLow: 0.7, ciHigh: 0.9 };
    expect(formatSpeedup({ speedup, verdict: 'slower' })).toBe('1.25× slower');
    expect(formatSpeedup({ speedup, verdict: 'indistinguishable' })).toBe('indistinguishable');
  });
});
