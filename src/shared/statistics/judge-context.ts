import { formatPercent } from '../format.ts';
import type { SampleBlock } from '../run.ts';
import type { StabilityReason } from '../stability-reason.ts';
import { countText } from '../text/number-text.ts';
import { median, quantileOfSorted, sortAscending } from './quantile.ts';
import { summarizeContext } from './summarize-context.ts';

/** Cores' worth of work of others, of stolen time; shares of the time in which a task waited for memory. */
export const MOST_OTHER_CORES = 0.2;
export const MOST_STOLEN_CORES = 0.02;
const MOST_MEMORY_PRESSURE = 0.01;
const SMALLEST_CLOCK_CHANGE = 0.03;
const FEWEST_CLOCKS = 8;

type WatchedBlock = Pick<SampleBlock, 'context' | 'samplesMs'>;

/** What the machine did meanwhile that can have changed the times. A state that the platform does not tell is no reason. */
export function judgeContext(blocks: readonly WatchedBlock[]): StabilityReason[] {
  const context = summarizeContext(blocks);
  if (context === null) return [];
  const { otherCores, stolenCores, cpuPressure, memoryPressure, throttleCount, batteryBlockCount } = context;
  const reasons: StabilityReason[] = [];
  if (otherCores !== null && otherCores >= MOST_OTHER_CORES) {
    const waited = cpuPressure === null ? '' : `; tasks waited for a core ${formatPercent(cpuPressure, 0)} of the time`;
    reasons.push({
      kind: 'other-load',
      message: `Other programs kept ${otherCores.toFixed(1)} cores busy while it was measured${waited}. Close them, and measure again.`,
    });
  }
  if (stolenCores !== null && stolenCores >= MOST_STOLEN_CORES) {
    reasons.push({
      kind: 'steal-time',
      message: `The hypervisor gave the time of ${stolenCores.toFixed(2)} cores to other machines while it was measured. Measure on a machine of your own, or at another time.`,
    });
  }
  if (throttleCount !== null && throttleCount > 0) {
    reasons.push({
      kind: 'thermal',
      message: `The processor throttled itself for heat ${countText(throttleCount, 'time')} while it was measured. Let it cool, or see what long use gives with “--sustained”.`,
    });
  }
  if (batteryBlockCount !== null && batteryBlockCount > 0) {
    const all = batteryBlockCount === context.blockCount;
    reasons.push({
      kind: 'battery',
      message: `The machine ran on battery ${all ? 'while it was measured' : `in ${batteryBlockCount} of ${context.blockCount} blocks`} and may hold back its clock. Plug it in.`,
    });
  }
  if (memoryPressure !== null && memoryPressure >= MOST_MEMORY_PRESSURE) {
    reasons.push({
      kind: 'memory-pressure',
      message: `Tasks waited for memory ${formatPercent(memoryPressure)} of the time while it was measured. Close other programs, or measure fewer cases at once.`,
    });
  }
  return [...reasons, ...judgeClock(blocks)];
}

/**
 * The clock changed by 3 % or more between blocks (from the tenth to the ninetieth of a hundred), and blocks took longer where it was lower:
 * Kendall's rank correlation of clock and time, one-sided at 99 %. Readings of an idle moment alone do not call a run unstable.
 */
function judgeClock(blocks: readonly WatchedBlock[]): StabilityReason[] {
  const pairs = blocks.flatMap(({ context, samplesMs }) =>
    context?.clockMegahertz && samplesMs.length > 0
      ? [{ clock: context.clockMegahertz, timeMs: median(samplesMs) }]
      : [],
  );
  if (pairs.length < FEWEST_CLOCKS) return [];
  const clocks = sortAscending(pairs.map(({ clock }) => clock));
  const [low, high] = [quantileOfSorted(clocks, 0.1), quantileOfSorted(clocks, 0.9)];
  if (high / low - 1 < SMALLEST_CLOCK_CHANGE || kendallDeviate(pairs) > -2.326) return [];
  return [
    {
      kind: 'frequency-change',
      message: `The clock changed between ${Math.round(low)} and ${Math.round(high)} MHz while it was measured, and blocks were slower where it was lower. Fix the clock, or let the machine cool.`,
    },
  ];
}

/** Kendall's S over its standard deviation, ties corrected (Kendall 1970, Rank correlation methods, chapter 4). */
function kendallDeviate(pairs: readonly { clock: number; timeMs: number }[]): number {
  const count = pairs.length;
  let score = 0;
  for (const [index, first] of pairs.entries()) {
    for (const second of pairs.slice(index + 1)) {
      score += Math.sign(second.clock - first.clock) * Math.sign(second.timeMs - first.timeMs);
    }
  }
  const ties = new Map<number, number>();
  for (const { clock } of pairs) ties.set(clock, (ties.get(clock) ?? 0) + 1);
  const tied = [...ties.values()].reduce((sum, size) => sum + size * (size - 1) * (2 * size + 5), 0);
  const variance = (count * (count - 1) * (2 * count + 5) - tied) / 18;
  return variance <= 0 ? 0 : score / Math.sqrt(variance);
}
