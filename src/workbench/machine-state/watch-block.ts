/** Reads the machine before and after a block, and says what happened in between. Readings and clock are passed in. */
import type { BlockContext, ProcessUsage } from '#shared/block-context.ts';
import type { EnergyMeter } from './energy-meter.ts';
import type { MachineState } from './read-machine-state.ts';

export type BlockWatch = {
  /** @returns asked after the block, with what the engine says of itself; null where it does not */
  start: () => (usage: ProcessUsage | null) => BlockContext;
};

export function createBlockWatch(options: {
  read: () => MachineState;
  /** Processor time of the workbench so far, milliseconds: its own work is no disturbance from outside. */
  ownCpuMs: () => number;
  now: () => number;
  energy: Pick<EnergyMeter, 'read' | 'joulesBetween'>;
}): BlockWatch {
  const { read, ownCpuMs, now, energy } = options;
  return {
    start() {
      const startedMs = now();
      const ownBefore = ownCpuMs();
      const before = read();
      const energyBefore = energy.read();
      const readyMs = now();
      return (usage) => {
        const endedMs = now();
        const energyAfter = energy.read();
        const after = read();
        const doneMs = now();
        const wallMs = endedMs - readyMs;
        const grown = (key: 'busyMs' | 'stolenMs' | 'cpuWaitMs' | 'memoryWaitMs' | 'throttleCount'): number | null => {
          const [first, last] = [before[key], after[key]];
          return first === null || last === null ? null : Math.max(0, last - first);
        };
        const shareOf = (grownMs: number | null): number | null =>
          grownMs === null || wallMs <= 0 ? null : grownMs / wallMs;
        const busyMs = grown('busyMs');
        const otherMs = busyMs === null || usage === null ? null : busyMs - usage.cpuMs - (ownCpuMs() - ownBefore);
        return {
          wallMs,
          readingMs: readyMs - startedMs + (doneMs - endedMs),
          usage,
          // Ticks of 10 ms make it coarse, and negative at times: only sums over many blocks mean something.
          otherCores: shareOf(otherMs),
          stolenCores: shareOf(grown('stolenMs')),
          cpuPressure: shareOf(grown('cpuWaitMs')),
          memoryPressure: shareOf(grown('memoryWaitMs')),
          clockMegahertz: after.clockMegahertz,
          throttleCount: grown('throttleCount'),
          energyJoules:
            energyBefore === null || energyAfter === null ? null : energy.joulesBetween(energyBefore, energyAfter),
          isOnBattery: before.isOnBattery === null ? null : before.isOnBattery || after.isOnBattery === true,
        };
      };
    },
  };
}
