/** Counters and states of the machine that tell whether something disturbed a measurement. */
import { cpus } from 'node:os';
import type { SystemFiles } from './system-files.ts';

/** null: the platform does not tell. Counters only grow; two readings are subtracted. */
export type MachineState = {
  /** Cores' worth of milliseconds of work since the start. */
  busyMs: number | null;
  stolenMs: number | null;
  cpuWaitMs: number | null;
  memoryWaitMs: number | null;
  clockMegahertz: number | null;
  throttleCount: number | null;
  isOnBattery: boolean | null;
};

const CPUS = '/sys/devices/system/cpu';
const SUPPLIES = '/sys/class/power_supply';
/** /proc/stat counts in ticks of USER_HZ, which is 100 on every platform that Linux's ABI knows. */
const TICK_MS = 10;
/** The fastest of so many cores; reading hundreds would take longer than a block. */
const MOST_CLOCKS = 32;

/**
 * Looks once where this machine tells what, so that later readings open only files that exist.
 * Sources: proc_stat(5), Documentation/accounting/psi.rst, cpufreq and thermal_throttle of sysfs, sysfs-class-power; on other
 * systems than Linux, Node's own times of the cores.
 */
export function createMachineReading(
  files: SystemFiles,
  platform: NodeJS.Platform = process.platform,
): () => MachineState {
  if (platform !== 'linux') return () => ({ ...nothingKnown, busyMs: busyMsOfNode() });
  const { readText, listFolder } = files;
  const has = (path: string): boolean => readText(path) !== null;
  const cores = listFolder(CPUS).filter((name) => /^cpu\d+$/.test(name));
  const clockPaths = cores
    .slice(0, MOST_CLOCKS)
    .map((name) => `${CPUS}/${name}/cpufreq/scaling_cur_freq`)
    .filter(has);
  // Each core tells its own count, and all cores of a package that of the package.
  const throttlePaths = cores
    .flatMap((name) => [`${CPUS}/${name}/thermal_throttle/core_throttle_count`])
    .concat(`${CPUS}/cpu0/thermal_throttle/package_throttle_count`)
    .filter(has);
  const supplies = listFolder(SUPPLIES).map((name) => ({
    type: readText(`${SUPPLIES}/${name}/type`)?.trim() ?? '',
    // The battery of a mouse or a headset does not drive the machine.
    isOfDevice: readText(`${SUPPLIES}/${name}/scope`)?.trim() === 'Device',
    folder: `${SUPPLIES}/${name}`,
  }));
  const batteries = supplies.filter(({ type, isOfDevice }) => type === 'Battery' && !isOfDevice);

  const numbersOf = (paths: readonly string[]): number[] =>
    paths.map((path) => Number(readText(path)?.trim() || Number.NaN)).filter(Number.isFinite);
  const pressureOf = (resource: string): number | null => {
    const microseconds = /^some .*total=(\d+)/m.exec(readText(`/proc/pressure/${resource}`) ?? '')?.[1];
    return microseconds === undefined ? null : Number(microseconds) / 1000;
  };
  return () => {
    const clocks = numbersOf(clockPaths);
    const throttles = numbersOf(throttlePaths);
    return {
      ...parseProcStat(readText('/proc/stat') ?? ''),
      cpuWaitMs: pressureOf('cpu'),
      memoryWaitMs: pressureOf('memory'),
      clockMegahertz: clocks.length === 0 ? null : Math.max(...clocks) / 1000,
      throttleCount: throttles.length === 0 ? null : throttles.reduce((sum, count) => sum + count, 0),
      isOnBattery:
        batteries.length === 0
          ? null
          : batteries.some(({ folder }) => readText(`${folder}/status`)?.trim() === 'Discharging'),
    };
  };
}

const nothingKnown: MachineState = {
  busyMs: null,
  stolenMs: null,
  cpuWaitMs: null,
  memoryWaitMs: null,
  clockMegahertz: null,
  throttleCount: null,
  isOnBattery: null,
};

/** Time of guests is part of user time already. */
export function parseProcStat(text: string): Pick<MachineState, 'busyMs' | 'stolenMs'> {
  const line = /^cpu +(.+)$/m.exec(text)?.[1];
  if (line === undefined) return { busyMs: null, stolenMs: null };
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal] = line.trim().split(/\s+/).map(Number);
  return {
    busyMs: (user + nice + system + irq + softIrq) * TICK_MS,
    stolenMs: steal === undefined ? null : steal * TICK_MS,
  };
}

function busyMsOfNode(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
}
