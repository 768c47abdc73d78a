import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

type CpuTimes = { idleMs: number; totalMs: number };

const WATCHED_MS = 400;

/**
 * How many cores' worth of work the machine did while Whittle did nothing. The system's load average would not do: it still
 * holds what Whittle itself did in the minute before.
 * @returns 0 up to the number of logical cores
 */
export async function measureBusyCores(
  signal: AbortSignal,
  read: () => CpuTimes[] = readCpuTimes,
  watchedMs: number = WATCHED_MS,
): Promise<number> {
  const before = read();
  await sleep(watchedMs, undefined, { signal });
  const after = read();
  return after.reduce((busy, times, index) => {
    const totalMs = times.totalMs - (before[index]?.totalMs ?? 0);
    const idleMs = times.idleMs - (before[index]?.idleMs ?? 0);
    return totalMs > 0 ? busy + Math.min(1, Math.max(0, 1 - idleMs / totalMs)) : busy;
  }, 0);
}

function readCpuTimes(): CpuTimes[] {
  return cpus().map(({ times }) => ({
    idleMs: times.idle,
    totalMs: times.user + times.nice + times.sys + times.idle + times.irq,
  }));
}
