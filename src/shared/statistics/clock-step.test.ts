import { describe, expect, test } from 'vitest';
import type { SampleBlock } from '../run.ts';
import { coarseClockStep, meanOfReadings } from './clock-step.ts';
import { compareBlocks, isDecided } from './compare-blocks.ts';
import { createRandom } from './random.ts';
import { summarizeLatency } from './summarize-latency.ts';

const STEP_MS = 0.005;

/** Runs of one known time that begin at any time between two steps of the clock. */
function blocksOnClock(timeMs: number, random: () => number, count = 20): SampleBlock[] {
  return Array.from({ length: count }, (_, round) => ({
    blockIndex: round,
    round,
    startedAtMs: 0,
    samplesMs: Array.from({ length: 50 }, () => Math.floor(random() + timeMs / STEP_MS) * STEP_MS),
  }));
}

const constantBlocks = (timeMs: number): SampleBlock[] =>
  blocksOnClock(timeMs, () => 0).map((block) => ({ ...block, samplesMs: block.samplesMs.map(() => timeMs) }));

describe('the step of a clock', () => {
  test.each<[string, number[], number]>([
    ['all times multiples of it', [10, 15, 10, 10, 15, 20], 5],
    ['all times equal', [10, 10, 10], 10],
    ['most times different', [10.1, 10.2, 10.4, 10.7], 0],
    ['a step that does not matter', [10_000, 10_005, 10_000, 10_005], 0],
    ['no samples', [], 0],
  ])('%s', (_, samples, step) => {
    expect(coarseClockStep(samples)).toBe(step);
  });

  test('a mean tells times between two steps, and one disturbed run does not make it', () => {
    expect(meanOfReadings([10, 10, 10, 10, 15], 5)).toBe(11);
    expect(meanOfReadings([10, 10, 10, 10, 10, 10, 10, 10, 10, 1000], 5)).toBe(11.5);
    expect(meanOfReadings([0, 0, 0, 0, 0, 0, 0, 0, 0, 5], 5)).toBe(0.5);
  });
});

describe('on a clock of 5 µs', () => {
  test('the ratio of 10.2 and 11.2 µs is found, and that of equal cases is not taken for exact', () => {
    const trials = Array.from({ length: 20 }, (_, trial) => {
      const random = createRandom(1 + trial * 7919);
      const baseline = blocksOnClock(0.0102, random);
      const [different, equal] = [0.0112, 0.0102].map((timeMs) =>
        compareBlocks(baseline, blocksOnClock(timeMs, random)),
      );
      return { different, equal };
    });
    const holds = (ratio: number, compared: ReturnType<typeof compareBlocks> | undefined): boolean =>
      (compared?.speedup.ciLow ?? Infinity) <= ratio && (compared?.speedup.ciHigh ?? 0) >= ratio;
    expect(trials.filter(({ different }) => holds(10.2 / 11.2, different)).length).toBeGreaterThanOrEqual(17);
    expect(trials.filter(({ different }) => different?.verdict === 'slower').length).toBeGreaterThanOrEqual(17);
    expect(trials.filter(({ equal }) => holds(1, equal)).length).toBeGreaterThanOrEqual(17);
    expect(trials.filter(({ equal }) => equal && isDecided(equal, 0.005))).toEqual([]);
  });

  test('equal readings leave open what so many of them can', () => {
    const few = compareBlocks(constantBlocks(0.01).slice(0, 8), constantBlocks(0.01).slice(0, 8));
    expect(few?.speedup.ciLow).toBeCloseTo(Math.exp(-6 / 400), 9);
    expect(few && isDecided(few, 0.005)).toBe(false);
  });

  test('the interval of the median holds times that it reads a step too short', () => {
    const latency = summarizeLatency(blocksOnClock(0.0132, createRandom(1)).map(({ samplesMs }) => samplesMs));
    expect(latency?.ciLow).toBeLessThan(0.0132);
    expect(latency?.ciHigh).toBeGreaterThan(0.0132);
  });

  test('blocks without any time have no interval, and runs without any no ratio', () => {
    const short = blocksOnClock(0.00005, createRandom(3));
    expect(compareBlocks(short, short)).toMatchObject({
      speedup: { estimate: 1, ciLow: null, ciHigh: null },
      verdict: 'indistinguishable',
    });
    expect(compareBlocks(constantBlocks(0), constantBlocks(0.01))).toBeNull();
  });
});
