import { expect, test } from 'vitest';
import { measureBusyCores } from './busy-cores.ts';

const cores = (...times: [idleMs: number, totalMs: number][]) =>
  times.map(([idleMs, totalMs]) => ({ idleMs, totalMs }));

test.each([
  ['a quiet machine', cores([0, 0], [0, 0]), cores([100, 100], [100, 100]), 0],
  ['one busy core of two', cores([50, 100], [50, 100]), cores([50, 200], [150, 200]), 1],
  ['half a core', cores([0, 0]), cores([50, 100]), 0.5],
  ['a clock that did not move', cores([10, 20]), cores([10, 20]), 0],
])('%s', async (_, before, after, expected) => {
  const readings = [before, after];
  const busy = await measureBusyCores(new AbortController().signal, () => readings.shift() ?? [], 1);
  expect(busy).toBeCloseTo(expected, 10);
});
