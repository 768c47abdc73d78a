import { describe, expect, test } from 'vitest';
import { createMachineReading, type MachineState, parseProcStat } from './read-machine-state.ts';
import { createBlockWatch } from './watch-block.ts';

function filesOf(files: Record<string, string>) {
  return {
    readText: (path: string) => files[path] ?? null,
    listFolder: (path: string) => [
      ...new Set(
        Object.keys(files)
          .filter((file) => file.startsWith(`${path}/`))
          .map((file) => file.slice(path.length + 1).split('/')[0] as string),
      ),
    ],
  };
}

const CPU = '/sys/devices/system/cpu';
const laptop: Record<string, string> = {
  '/proc/stat': 'cpu  100 10 50 9000 20 5 5 7 3 0\ncpu0 1 1 1 1\n',
  '/proc/pressure/cpu': 'some avg10=0.00 avg60=0.00 avg300=0.00 total=250000\n',
  '/proc/pressure/memory': 'some avg10=0.00 total=1000\nfull avg10=0.00 total=500\n',
  [`${CPU}/cpu0/cpufreq/scaling_cur_freq`]: '800000\n',
  [`${CPU}/cpu1/cpufreq/scaling_cur_freq`]: '3400000\n',
  [`${CPU}/cpu0/thermal_throttle/core_throttle_count`]: '2\n',
  [`${CPU}/cpu1/thermal_throttle/core_throttle_count`]: '3\n',
  [`${CPU}/cpu0/thermal_throttle/package_throttle_count`]: '4\n',
  '/sys/class/power_supply/BAT0/type': 'Battery\n',
  '/sys/class/power_supply/BAT0/status': 'Discharging\n',
  '/sys/class/power_supply/mouse/type': 'Battery\n',
  '/sys/class/power_supply/mouse/scope': 'Device\n',
  '/sys/class/power_supply/mouse/status': 'Discharging\n',
};

describe('state of a machine', () => {
  test('a laptop tells all', () => {
    expect(createMachineReading(filesOf(laptop), 'linux')()).toEqual({
      busyMs: 1700,
      stolenMs: 70,
      cpuWaitMs: 250,
      memoryWaitMs: 1,
      clockMegahertz: 3400,
      throttleCount: 9,
      isOnBattery: true,
    });
  });

  test('a container that hides everything tells nothing, and invents nothing', () => {
    expect(Object.values(createMachineReading(filesOf({}), 'linux')()).every((value) => value === null)).toBe(true);
  });

  test('the battery of a mouse does not drive the machine', () => {
    const { '/sys/class/power_supply/BAT0/type': _, ...desktop } = laptop;
    expect(createMachineReading(filesOf(desktop), 'linux')().isOnBattery).toBeNull();
  });

  test('kernels without steal time leave it unknown', () => {
    expect(parseProcStat('cpu  1 2 3 4\n')).toEqual({ busyMs: 60, stolenMs: null });
  });

  test('this machine’s own reading has the time of its cores', () => {
    const { busyMs } = createMachineReading(filesOf({}), 'darwin')();
    expect(busyMs).toBeGreaterThan(0);
  });
});

describe('watch over a block', () => {
  const usage = { cpuMs: 90, voluntarySwitches: 1, involuntarySwitches: 2, minorFaults: 3, majorFaults: 0 };
  const before: MachineState = {
    busyMs: 1000,
    stolenMs: 10,
    cpuWaitMs: 100,
    memoryWaitMs: 0,
    clockMegahertz: 3000,
    throttleCount: 5,
    isOnBattery: false,
  };

  function watchOver(after: Partial<MachineState>, ownCpuMs = [0, 10]) {
    // Each reading takes 1 ms, the block 100.
    const times = [0, 1, 101, 102];
    const states = [before, { ...before, ...after }];
    const microjoules = [[1_000_000], [3_500_000]];
    const watch = createBlockWatch({
      read: () => states.shift() as MachineState,
      ownCpuMs: () => ownCpuMs.shift() as number,
      now: () => times.shift() as number,
      energy: { read: () => microjoules.shift() ?? null, joulesBetween: ([a = 0], [b = 0]) => (b - a) / 1e6 },
    });
    return watch.start();
  }

  test('work of others is what neither the engine nor the workbench did', () => {
    const end = watchOver({ busyMs: 1150, stolenMs: 15, cpuWaitMs: 120, throttleCount: 6, clockMegahertz: 2900 });
    expect(end(usage)).toEqual({
      wallMs: 100,
      readingMs: 2,
      usage,
      otherCores: 0.5,
      stolenCores: 0.05,
      cpuPressure: 0.2,
      memoryPressure: 0,
      clockMegahertz: 2900,
      throttleCount: 1,
      isOnBattery: false,
      energyJoules: 2.5,
    });
  });

  test('without the engine’s own time the work of others is unknown', () => {
    expect(watchOver({ busyMs: 1150 })(null)).toMatchObject({ otherCores: null, usage: null, stolenCores: 0 });
  });

  test('pulling the plug during a block counts as battery', () => {
    expect(watchOver({ isOnBattery: true })(usage).isOnBattery).toBe(true);
    expect(watchOver({ isOnBattery: null })(usage).isOnBattery).toBe(false);
  });
});
