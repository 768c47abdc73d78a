import { expect, test } from 'vitest';
import type { BlockContext } from '../block-context.ts';
import { summarizeEnergy } from './summarize-energy.ts';

const block = (energyJoules: number | null, wallMs: number, samplesMs: number[]) => ({
  samplesMs,
  context: { energyJoules, wallMs } as BlockContext,
});

test('untimed runs of a block take their share of its energy', () => {
  // 20 W over 100 ms, of which five samples of 10 ms are half.
  expect(summarizeEnergy([block(2, 100, [10, 10, 10, 10, 10])])).toEqual({
    joulesPerInference: expect.closeTo(0.2, 12),
    ciLow: null,
    ciHigh: null,
    meanWatts: expect.closeTo(20, 12),
    blockCount: 1,
  });
});

test('the interval is Student’s over blocks', () => {
  const energy = summarizeEnergy([block(1, 100, [10]), block(2, 100, [10]), block(3, 100, [10])]);
  // Mean 0.2, standard deviation 0.1, t of two degrees of freedom 4.3027.
  expect(energy?.joulesPerInference).toBeCloseTo(0.2, 12);
  expect(energy?.ciHigh).toBeCloseTo(0.2 + (4.302_65 * 0.1) / Math.sqrt(3), 4);
  expect(energy?.ciLow).toBe(0);
});

test.each([
  ['that were not read', [block(null, 100, [10])]],
  ['too short for the counters', [block(1, 10, [1])]],
  ['without samples', [block(1, 100, [])]],
  ['of older versions', [{ samplesMs: [1], context: null }]],
])('blocks %s give nothing', (_, blocks) => {
  expect(summarizeEnergy(blocks)).toBeNull();
});
