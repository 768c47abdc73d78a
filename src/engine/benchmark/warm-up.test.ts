import { describe, expect, test } from 'vitest';
import type { TimingRequest } from '../interfaces/timed-session.ts';
import { measureBlock } from './measure-block.ts';
import { warmUp } from './warm-up.ts';

/** A model whose runs take what `timeOf` says, on a clock that they move. */
function simulate(timeOf: (run: number, nowMs: number) => number) {
  let nowMs = 0;
  let run = 0;
  const now = (): number => nowMs;
  const runOnce = (): Promise<number> => {
    const timeMs = timeOf(run, nowMs);
    run += 1;
    nowMs += timeMs;
    return Promise.resolve(timeMs);
  };
  return {
    now,
    timeRuns: (request: TimingRequest) => measureBlock(request, { runOnce, now, wallClock: now }),
  };
}

describe('warm-up', () => {
  test('of a steady model ends after six windows', async () => {
    const result = await warmUp({ limitMs: 3000, ...simulate(() => 1) });
    expect(result).toEqual({ runCount: 6 * 60, lastRunMs: 1 });
  });

  test('goes on while runs get faster', async () => {
    const clock = simulate((_, nowMs) => Math.max(1, 3 - nowMs / 500));
    const result = await warmUp({ limitMs: 3000, ...clock });
    expect(result.lastRunMs).toBe(1);
    expect(clock.now()).toBeGreaterThan(1000);
    expect(clock.now()).toBeLessThan(1600);
  });

  test('is not ended early by one disturbed window', async () => {
    const clock = simulate((_, nowMs) => (nowMs < 200 ? 2 : nowMs < 260 ? 5 : 1));
    expect((await warmUp({ limitMs: 3000, ...clock })).lastRunMs).toBe(1);
  });

  test('ends at the limit even if runs go on getting faster', async () => {
    const clock = simulate((run) => 100 * 0.98 ** run);
    await warmUp({ limitMs: 1000, ...clock });
    expect(clock.now()).toBeGreaterThanOrEqual(1000);
    expect(clock.now()).toBeLessThan(1100);
  });

  test('runs a model once that takes longer than the limit', async () => {
    expect(await warmUp({ limitMs: 3000, ...simulate(() => 5000) })).toEqual({ runCount: 1, lastRunMs: 5000 });
  });
});
