import { describe, expect, test } from 'vitest';
import { measureBlock } from './measure-block.ts';

/** Run n takes `times[n]` milliseconds on a clock that the runs move. */
function simulate(times: readonly number[]) {
  let nowMs = 0;
  let run = 0;
  return {
    now: () => nowMs,
    wallClock: () => 1_000_000 + nowMs,
    runOnce: () => {
      const timeMs = times[run % times.length] as number;
      run += 1;
      nowMs += timeMs;
      return Promise.resolve(timeMs);
    },
  };
}

describe('a block', () => {
  test('holds the runs of its duration in their order, after those that settle', async () => {
    const block = await measureBlock(
      { durationMs: 10, minimumSamples: 1, settleRuns: 2 },
      simulate([100, 50, 4, 3, 2, 1, 9, 9]),
    );
    expect(block).toEqual({ startedAtMs: 1_000_150, samplesMs: Float64Array.of(4, 3, 2, 1) });
  });

  test('has its fewest samples however long they take', async () => {
    const { samplesMs } = await measureBlock({ durationMs: 10, minimumSamples: 3, settleRuns: 0 }, simulate([50]));
    expect(samplesMs).toEqual(Float64Array.of(50, 50, 50));
  });

  test('ends at the limit, however many samples were asked for', async () => {
    const request = { durationMs: 500, minimumSamples: 100, settleRuns: 0, limitMs: 20 };
    expect((await measureBlock(request, simulate([7]))).samplesMs).toHaveLength(3);
  });

  test('has one sample at least', async () => {
    const { samplesMs } = await measureBlock({ durationMs: 0, minimumSamples: 0, settleRuns: 0 }, simulate([7]));
    expect(samplesMs).toEqual(Float64Array.of(7));
  });

  test('ends with the error of a run', async () => {
    const options = { ...simulate([1]), runOnce: () => Promise.reject(new Error('broken')) };
    await expect(measureBlock({ durationMs: 1, minimumSamples: 1, settleRuns: 0 }, options)).rejects.toThrow('broken');
  });
});
