import type { BlockContext } from '../block-context.ts';
import type { RunContext, SampleBlock } from '../run.ts';
import { summarizeEnergy } from './summarize-energy.ts';

/**
 * What the machine did during all blocks of a run. Times and counts are summed before they are divided, because counters of 10 ms say
 * nothing of a single short block.
 * @returns null where no block has a context
 */
export function summarizeContext(blocks: readonly Pick<SampleBlock, 'context' | 'samplesMs'>[]): RunContext | null {
  const contexts = blocks.flatMap(({ context }) => (context ? [context] : []));
  if (contexts.length === 0) return null;
  const shareOf = (valueOf: (context: BlockContext) => number | null): number | null => {
    let sum = 0;
    let wallMs = 0;
    for (const context of contexts) {
      const value = valueOf(context);
      if (value === null) continue;
      sum += value * context.wallMs;
      wallMs += context.wallMs;
    }
    return wallMs === 0 ? null : Math.max(0, sum / wallMs);
  };
  const sumOf = (valueOf: (context: BlockContext) => number | null | undefined): number | null => {
    const values = contexts.map(valueOf).filter((value) => typeof value === 'number');
    return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
  };
  const clocks = contexts.map((context) => context.clockMegahertz).filter((value) => value !== null);
  const batteries = contexts.map((context) => context.isOnBattery).filter((value) => value !== null);
  return {
    blockCount: contexts.length,
    wallMs: contexts.reduce((sum, { wallMs }) => sum + wallMs, 0),
    readingMs: contexts.reduce((sum, { readingMs }) => sum + readingMs, 0),
    otherCores: shareOf((context) => context.otherCores),
    stolenCores: shareOf((context) => context.stolenCores),
    cpuPressure: atMostAll(shareOf((context) => context.cpuPressure)),
    memoryPressure: atMostAll(shareOf((context) => context.memoryPressure)),
    lowestMegahertz: clocks.length === 0 ? null : Math.min(...clocks),
    highestMegahertz: clocks.length === 0 ? null : Math.max(...clocks),
    throttleCount: sumOf((context) => context.throttleCount),
    batteryBlockCount: batteries.length === 0 ? null : batteries.filter(Boolean).length,
    voluntarySwitches: sumOf((context) => context.usage?.voluntarySwitches),
    involuntarySwitches: sumOf((context) => context.usage?.involuntarySwitches),
    minorFaults: sumOf((context) => context.usage?.minorFaults),
    majorFaults: sumOf((context) => context.usage?.majorFaults),
    energy: summarizeEnergy(blocks),
  };
}

/** Of the time: the kernel counts in steps of its own, which can end a little after ours. */
function atMostAll(share: number | null): number | null {
  return share === null ? null : Math.min(1, share);
}
