import type { RunContext, SampleBlock } from '../run.ts';
import { studentQuantile } from './distributions.ts';

/** RAPL's counters step about every millisecond: over a window of this length that is 5 %. */
const SHORTEST_WINDOW_MS = 20;

/**
 * Joules of one inference: for each block the power over its window, which has the untimed runs in it, times the mean of its samples; then
 * the mean over blocks with Student's interval. Idle power is not subtracted.
 * @returns null where no block that is long enough has a reading
 */
export function summarizeEnergy(
  blocks: readonly Pick<SampleBlock, 'context' | 'samplesMs'>[],
): NonNullable<RunContext['energy']> | null {
  const values: number[] = [];
  let joules = 0;
  let wallMs = 0;
  for (const { context, samplesMs } of blocks) {
    const energyJoules = context?.energyJoules ?? null;
    if (!context || energyJoules === null || context.wallMs < SHORTEST_WINDOW_MS || samplesMs.length === 0) continue;
    const meanMs = samplesMs.reduce((sum, value) => sum + value, 0) / samplesMs.length;
    values.push((energyJoules / context.wallMs) * meanMs);
    joules += energyJoules;
    wallMs += context.wallMs;
  }
  const count = values.length;
  if (count === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const half = count < 2 ? null : studentQuantile(0.975, count - 1) * Math.sqrt(variance / count);
  return {
    joulesPerInference: mean,
    ciLow: half === null ? null : Math.max(0, mean - half),
    ciHigh: half === null ? null : mean + half,
    meanWatts: joules / (wallMs / 1000),
    blockCount: count,
  };
}
