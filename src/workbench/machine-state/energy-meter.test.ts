import { expect, test } from 'vitest';
import { createEnergyMeter } from './energy-meter.ts';

const FOLDER = '/sys/class/powercap';
const zone = (id: string, name: string, microjoules: number | null): Record<string, string> => ({
  [`${FOLDER}/${id}/name`]: `${name}\n`,
  [`${FOLDER}/${id}/max_energy_range_uj`]: '1000000\n',
  ...(microjoules === null ? {} : { [`${FOLDER}/${id}/energy_uj`]: `${microjoules}\n` }),
});

function meterOf(files: Record<string, string>) {
  const folders = [...new Set(Object.keys(files).map((path) => path.split('/')[4] as string))];
  return createEnergyMeter({
    readText: (path) => files[path] ?? null,
    listFolder: (path) => (path === FOLDER ? folders : []),
  });
}

test('packages and their memory are counted once, without what is part of them', () => {
  const meter = meterOf({
    ...zone('intel-rapl:0', 'package-0', 500),
    ...zone('intel-rapl:0:0', 'core', 300),
    ...zone('intel-rapl:0:1', 'uncore', 20),
    ...zone('intel-rapl:0:2', 'dram', 70),
    ...zone('intel-rapl:1', 'psys', 900),
    ...zone('intel-rapl-mmio:0', 'package-0', 500),
  });
  expect(meter.zones).toEqual(['package-0', 'dram']);
  expect(meter.read()).toEqual([500, 70]);
  expect(meter.obstacle).toBeNull();
});

test('a counter that began anew goes on from its range', () => {
  const meter = meterOf({ ...zone('intel-rapl:0', 'package-0', 0), ...zone('intel-rapl:0:0', 'dram', 0) });
  expect(meter.joulesBetween([100, 100], [600, 200])).toBeCloseTo(0.0006, 12);
  expect(meter.joulesBetween([999_000, 100], [1000, 200])).toBeCloseTo(0.0021, 12);
});

test('counters that only root may read are named with the way out', () => {
  const meter = meterOf(zone('intel-rapl:0', 'package-0', null));
  expect(meter.obstacle).toContain(
    'lets only root read it. “sudo chmod a+r /sys/class/powercap/intel-rapl:*/energy_uj”',
  );
  expect(meter.read()).toBeNull();
});

test('a machine without counters says nothing', () => {
  expect(meterOf({})).toMatchObject({ zones: [], obstacle: null });
  expect(meterOf({}).read()).toBeNull();
});
