import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createProgressWriter } from './progress-writer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('of a burst the first and the last are written', () => {
  const written: string[] = [];
  const progress = createProgressWriter((_, message) => written.push(message), 100);
  for (const message of ['a', 'b', 'c']) progress.report(null, message);
  expect(written).toEqual(['a']);
  vi.advanceTimersByTime(100);
  expect(written).toEqual(['a', 'c']);
  vi.advanceTimersByTime(1000);
  expect(written).toEqual(['a', 'c']);
  progress.report(null, 'd');
  expect(written).toEqual(['a', 'c', 'd']);
});

test('after the stop nothing is written, so that a late report never overwrites the end', () => {
  const written: string[] = [];
  const progress = createProgressWriter((_, message) => written.push(message), 100);
  progress.report(null, 'a');
  progress.report(null, 'b');
  progress.stop();
  vi.advanceTimersByTime(1000);
  expect(written).toEqual(['a']);
});
