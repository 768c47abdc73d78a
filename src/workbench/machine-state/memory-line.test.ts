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
  expect(line.readingCount()).toBe(3);
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

const PHASES = ['load', 'first-run', 'warm-up', 'blocks', 'idle', 'sustained', 'released'] as const;

test.each([
  ['a long load', [100_000, 3, 40, 200, 3, 60, 0]],
  ['a day of continuous use', [3, 3, 40, 200, 3, 86_400, 0]],
  ['one phase that is as long as the line', [1999, 0, 0, 0, 0, 0, 0]],
])('%s leaves every phase in a line of 2000 points at most, in order', (_, readingsOfPhase) => {
  let nowMs = 0;
  const line = createMemoryLine({ readStatus: () => statusOf(10), now: () => (nowMs += 1) });
  for (const [index, phase] of PHASES.entries()) {
    line.enter(phase);
    for (let reading = 0; reading < (readingsOfPhase[index] as number); reading += 1) line.read();
  }
  const points = line.points();
  expect(points.length).toBeLessThanOrEqual(2000);
  expect(points.length).toBeGreaterThan(990);
  expect([...new Set(points.map(({ phase }) => phase))]).toEqual(PHASES);
  const times = points.map(({ atMs }) => atMs);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test('a line that was full covers the whole of a long phase evenly', () => {
  let readCount = 0;
  let nowMs = 0;
  const line = createMemoryLine({
    readStatus() {
      readCount += 1;
      return statusOf(10);
    },
    now: () => nowMs,
  });
  line.enter('load');
  for (; nowMs < 15_000; nowMs += 1) line.read();
  const times = line.points().map(({ atMs }) => atMs);
  const gaps = times.slice(2).map((time, index) => time - (times[index + 1] as number));
  expect(new Set(gaps)).toEqual(new Set([8]));
  expect(line.readingCount()).toBe(readCount);
  expect(readCount).toBeLessThan(15_000 / 3);
});
