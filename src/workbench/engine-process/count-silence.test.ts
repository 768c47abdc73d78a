import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { countSilence } from './count-silence.ts';

let stoppedMs: number;
const now = (): number => Date.now() + stoppedMs;
beforeEach(() => {
  stoppedMs = 0;
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('is over after its time, and not before', () => {
  const onSilence = vi.fn<() => void>();
  countSilence(2500, onSilence, now);
  vi.advanceTimersByTime(2499);
  expect(onSilence).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(onSilence).toHaveBeenCalledOnce();
});

test('time in which the process was stopped does not count', () => {
  const onSilence = vi.fn<() => void>();
  countSilence(2500, onSilence, now);
  vi.advanceTimersByTime(1500);
  // An hour between two steps: the one under way is waited for again.
  stoppedMs = 3_600_000;
  vi.advanceTimersByTime(1999);
  expect(onSilence).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1001);
  expect(onSilence).toHaveBeenCalledOnce();
});

test('ends when nobody waits any more', () => {
  const onSilence = vi.fn<() => void>();
  const end = countSilence(2500, onSilence, now);
  vi.advanceTimersByTime(2000);
  end();
  vi.advanceTimersByTime(10_000);
  expect(onSilence).not.toHaveBeenCalled();
});
