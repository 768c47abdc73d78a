import { expect, test } from 'vitest';
import { createMemoryLine } from './memory-line.ts';

const statusOf = (kibibytes: number): string =>
  `VmHWM:\t 9 kB\nVmRSS:\t ${kibibytes} kB\nRssAnon:\t 1 kB\nRssFile:\t 2 kB\nRssShmem:\t 0 kB\n`;

/** A clock that steps by one millisecond at each look. */
function lineOver(statuses: (string | null)[]) {
  let nowMs = 0;
  const ticks: (() => void)[] = [];
  let stopped = 0;
  const line = createMemoryLine({
    readStatus: () => statuses.shift() ?? null,
    now: () => (nowMs += 1),
    every(work) {
      ticks.push(work);
      return () => (stopped += 1);
    },
  });
  return { line, tick: () => ticks[0]?.(), stopped: () => stopped, timerCount: () => ticks.length };
}

test('readings carry their time and the phase they fall into, and what they cost is known', () => {
  const { line, tick } = lineOver([statusOf(10), statusOf(20), statusOf(30)]);
  line.start();
  line.enter('load');
  tick();
  line.enter('first-run');
  expect(line.points().map(({ phase, residentBytes }) => [phase, residentBytes])).toEqual([
    ['load', 10 * 1024],
    ['load', 20 * 1024],
    ['first-run', 30 * 1024],
  ]);
  expect(line.points()[0]).toMatchObject({ anonymousBytes: 1024, fileBytes: 2048, atMs: 1 });
  expect(line.readingMs()).toBe(3);
});

test('a process that has ended, or that tells nothing, has no points', () => {
  const { line } = lineOver([null, '']);
  line.enter('load');
  line.read();
  expect(line.points()).toEqual([]);
});

test('the timer runs once and ends once', () => {
  const { line, stopped, timerCount } = lineOver([]);
  line.start();
  line.start();
  line.stop();
  line.stop();
  expect([timerCount(), stopped()]).toEqual([1, 1]);
});
