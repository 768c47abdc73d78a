import { describe, expect, test } from 'vitest';
import { deviceSchema } from '#shared/device.ts';
import { readFixtureMachine } from '../../../tests/fakes/fixture-machine.ts';
import { detectDevice } from './detect-device.ts';
import type { SystemInformationCpu } from './read-system-information.ts';

const MEBIBYTE = 2 ** 20;
const nothingElse = (): Promise<SystemInformationCpu> =>
  Promise.resolve({ vendor: null, model: null, physicalCores: null });

test('a server with two sockets, two NVIDIA GPUs and a container limit', async () => {
  const reader = readFixtureMachine('epyc-server', { node: { logicalCores: 8, availableCores: 3 } });
  const device = await detectDevice(reader, nothingElse);
  expect(deviceSchema.parse(device)).toEqual(device);
  expect(device).toMatchObject({
    cpu: {
      vendor: 'AMD',
      model: 'AMD EPYC 9354 32-Core Processor',
      sockets: 2,
      physicalCores: 4,
      logicalCores: 8,
      performanceCores: null,
      efficiencyCores: null,
      usableCores: 3.5,
      maxMegahertz: 3799.072,
      extensions: ['sse4.2', 'f16c', 'fma', 'avx', 'avx2', 'avx512f', 'avx512-vnni', 'avx512-bf16'],
      caches: {
        l1dBytes: 4 * 32 * 1024,
        l1iBytes: 4 * 32 * 1024,
        l2Bytes: 4 * MEBIBYTE,
        l3Bytes: 2 * 32 * MEBIBYTE,
      },
      governor: 'performance',
    },
    memoryBytes: 16_264_272 * 1024,
    memoryLimitBytes: 8 * 1024 * MEBIBYTE,
    os: { platform: 'linux', name: 'Ubuntu', version: '24.04' },
    power: { source: 'mains', batteryPercent: null },
    virtualization: 'docker',
  });
  const a100 = { name: 'NVIDIA A100-SXM4-80GB', vendor: 'NVIDIA', memoryBytes: 81_920 * MEBIBYTE, driver: '550.54.15' };
  expect(device.gpus).toEqual([
    { ...a100, id: '0000:07:00.0' },
    { ...a100, id: '0000:0a:00.0' },
    { name: 'ASPEED Graphics Family', vendor: 'ASPEED', memoryBytes: null, driver: 'ast', id: '0000:c4:00.0' },
  ]);
  expect(device.sources).toMatchObject({
    'cpu.physicalCores': { source: '/sys/devices/system/cpu', crossCheck: 'agrees', detail: null },
    'cpu.caches.l3Bytes': { crossCheck: 'agrees' },
    'cpu.extensions': { crossCheck: 'agrees' },
    'cpu.usableCores': { source: 'CPU quota of the cgroup', crossCheck: 'agrees' },
    'cpu.governor': { crossCheck: 'single-source' },
    gpus: { source: 'nvidia-smi', crossCheck: 'agrees' },
  });
});

test('a laptop on battery with two kinds of cores', async () => {
  const device = await detectDevice(readFixtureMachine('intel-hybrid-laptop'), nothingElse);
  expect(device).toMatchObject({
    cpu: {
      vendor: 'Intel',
      model: 'Intel(R) Pentium(R) 8505',
      sockets: 1,
      physicalCores: 5,
      logicalCores: 6,
      performanceCores: 1,
      efficiencyCores: 4,
      usableCores: 6,
      maxMegahertz: 4400,
      caches: {
        l1dBytes: (48 + 4 * 32) * 1024,
        l1iBytes: (32 + 4 * 64) * 1024,
        l2Bytes: (1280 + 2048) * 1024,
        l3Bytes: 8 * MEBIBYTE,
      },
      governor: 'powersave',
    },
    memoryLimitBytes: null,
    // The mouse's battery is not the machine's.
    power: { source: 'battery', batteryPercent: 64 },
    os: { name: 'Fedora Linux', version: '41' },
    virtualization: null,
    gpus: [{ name: 'UHD Graphics', vendor: 'Intel', memoryBytes: null, driver: 'i915', id: '0000:00:02.0' }],
  });
  expect(device.cpu.extensions).toContain('avx-vnni');
});

test('a virtual machine on Arm in a container of control groups version 1', async () => {
  const reader = readFixtureMachine('arm-neoverse-vm', { architecture: 'arm64' });
  const device = await detectDevice(reader, nothingElse);
  expect(device).toMatchObject({
    cpu: {
      vendor: 'Arm',
      model: 'Neoverse-N1',
      sockets: 1,
      physicalCores: 2,
      // All cores have one capacity.
      performanceCores: null,
      usableCores: 1.5,
      maxMegahertz: null,
      extensions: ['neon', 'neon-dotprod', 'neon-fp16'],
      caches: { l2Bytes: 2 * MEBIBYTE, l3Bytes: 32 * MEBIBYTE },
      governor: null,
    },
    memoryLimitBytes: 1024 * MEBIBYTE,
    gpus: [],
    power: { source: 'unknown', batteryPercent: null },
    virtualization: 'docker on amazon',
  });
  expect(device.sources['virtualization']).toMatchObject({ crossCheck: 'agrees' });
  expect(device.sources['cpu.maxMegahertz']).toBeUndefined();
});

test('a Mac', async () => {
  const node = { cpuModel: 'Apple M2', logicalCores: 8, availableCores: 8, memoryBytes: 16 * 1024 * MEBIBYTE };
  const reader = readFixtureMachine('apple-m2', { platform: 'darwin', architecture: 'arm64', node });
  const device = await detectDevice(reader, () => Promise.resolve({ vendor: 'Apple', model: 'M2', physicalCores: 8 }));
  expect(deviceSchema.parse(device)).toEqual(device);
  expect(device).toMatchObject({
    cpu: {
      vendor: 'Apple',
      model: 'Apple M2',
      physicalCores: 8,
      performanceCores: 4,
      efficiencyCores: 4,
      maxMegahertz: null,
      extensions: ['neon', 'neon-dotprod', 'neon-fp16', 'neon-bf16', 'neon-i8mm'],
      caches: {
        l1dBytes: 4 * (128 + 64) * 1024,
        l1iBytes: 4 * (192 + 128) * 1024,
        l2Bytes: 20 * MEBIBYTE,
        l3Bytes: null,
      },
    },
    memoryBytes: 16 * 1024 * MEBIBYTE,
    gpus: [{ name: 'Apple M2', vendor: 'Apple', memoryBytes: null }],
    os: { platform: 'darwin', name: 'macOS', version: '15.1' },
    power: { source: 'mains', batteryPercent: 95 },
    virtualization: null,
  });
  expect(device.sources['cpu.physicalCores']).toMatchObject({ source: 'sysctl', crossCheck: 'agrees' });
});

test('a Windows desktop', async () => {
  const node = { cpuModel: 'AMD Ryzen 7 7700X 8-Core Processor', logicalCores: 16, osVersion: 'Windows 11 Pro' };
  const reader = readFixtureMachine('windows-desktop', { platform: 'win32', node });
  const device = await detectDevice(reader, nothingElse);
  expect(deviceSchema.parse(device)).toEqual(device);
  expect(device).toMatchObject({
    cpu: {
      vendor: 'AMD',
      model: 'AMD Ryzen 7 7700X 8-Core Processor',
      sockets: 1,
      physicalCores: 8,
      logicalCores: 16,
      maxMegahertz: null,
      extensions: ['sse4.2', 'avx', 'avx2', 'avx512f'],
      caches: { l2Bytes: null, l3Bytes: null },
    },
    memoryBytes: 34_273_533_952,
    os: { name: 'Windows 11 Pro' },
    power: { source: 'unknown' },
    virtualization: null,
  });
  expect(device.gpus.map(({ name, memoryBytes }) => [name, memoryBytes])).toEqual([
    ['NVIDIA GeForce RTX 4070', 12_282 * MEBIBYTE],
    ['AMD Radeon(TM) Graphics', null],
  ]);
  expect(device.sources['cpu.extensions']?.detail).toContain('VNNI');
});

test.each(['linux', 'darwin', 'win32', 'freebsd'])(
  '%s that tells nothing is unknown, and still a device',
  async (platform) => {
    const reader = readFixtureMachine('epyc-server', { platform, edit: () => '' });
    const device = await detectDevice(reader, nothingElse);
    expect(deviceSchema.parse(device)).toEqual(device);
    expect(device).toMatchObject({
      cpu: { vendor: null, model: null, physicalCores: null, logicalCores: 1, usableCores: 1, extensions: [] },
      memoryBytes: 2 ** 30,
      gpus: [],
      power: { source: 'unknown' },
    });
  },
);

describe('sources that contradict one another', () => {
  test('are told with what the other says', async () => {
    const edit = (text: string): string => text.replace('"4194304 (4 instances)"', '"2097152 (4 instances)"');
    const device = await detectDevice(readFixtureMachine('epyc-server', { edit }), nothingElse);
    expect(device.cpu.caches.l2Bytes).toBe(4 * MEBIBYTE);
    expect(device.sources['cpu.caches.l2Bytes']).toEqual({
      source: '/sys/devices/system/cpu',
      crossCheck: 'differs',
      detail: 'lscpu says 2097152',
    });
  });

  test('of extensions: the linker finds by CPUID what the kernel does not name', async () => {
    const edit = (text: string): string => text.replaceAll(' avx512f', '');
    const device = await detectDevice(readFixtureMachine('epyc-server', { edit }), nothingElse);
    expect(device.sources['cpu.extensions']).toMatchObject({ crossCheck: 'differs' });
  });

  test('of GPUs: a container sees the bus of the whole machine, but may use one of its GPUs', async () => {
    const edit = (text: string): string => text.replace(/^NVIDIA A100.*0A:00\.0.*\n/m, '');
    const device = await detectDevice(readFixtureMachine('epyc-server', { edit }), nothingElse);
    expect(device.gpus.map(({ id }) => id)).toEqual(['0000:07:00.0', '0000:c4:00.0']);
    expect(device.sources['gpus']).toMatchObject({ crossCheck: 'differs' });
  });
});

test('an NVIDIA GPU without its driver is still named', async () => {
  const edit = (text: string): string => text.replace('== $ nvidia-smi', '== $ nothing');
  const device = await detectDevice(readFixtureMachine('epyc-server', { edit }), nothingElse);
  expect(device.gpus[0]).toEqual({
    name: 'A100 SXM4 80GB',
    vendor: 'NVIDIA',
    memoryBytes: null,
    driver: 'nvidia',
    id: '0000:07:00.0',
  });
  expect(device.sources['gpus']?.detail).toContain('nvidia-smi does not answer');
});

describe('the fingerprint', () => {
  const fingerprintOf = async (name: string, edit?: (text: string) => string): Promise<string> =>
    (await detectDevice(readFixtureMachine(name, edit === undefined ? {} : { edit }), nothingElse)).fingerprint;

  test('has 16 hexadecimal digits and differs between machines', async () => {
    const one = await fingerprintOf('epyc-server');
    expect(one).toMatch(/^[\da-f]{16}$/);
    expect(await fingerprintOf('intel-hybrid-laptop')).not.toBe(one);
  });

  test.each<[string, (text: string) => string]>([
    ['the driver', (text) => text.replaceAll('550.54.15', '560.35.03')],
    ['the driver when it is gone', (text) => text.replace('== $ nvidia-smi', '== $ nothing')],
    ['the system’s version', (text) => text.replaceAll('24.04', '26.04')],
    ['the governor', (text) => text.replace('= performance', '= schedutil')],
    ['the container’s limits', (text) => text.replace('350000', '200000').replace('8589934592', 'max')],
    ['what the kernel keeps of the memory', (text) => text.replace('16264272', '16301008')],
  ])('stays when %s changes', async (_, edit) => {
    expect(await fingerprintOf('epyc-server', edit)).toBe(await fingerprintOf('epyc-server'));
  });

  test.each<[string, (text: string) => string]>([
    ['CPU', (text) => text.replaceAll('9354', '9454')],
    ['memory', (text) => text.replace('16264272', '32780128')],
    ['GPU', (text) => text.replaceAll('20B2', '2330')],
    ['extensions', (text) => text.replaceAll('avx512_vnni', '')],
  ])('changes with the %s', async (_, edit) => {
    expect(await fingerprintOf('epyc-server', edit)).not.toBe(await fingerprintOf('epyc-server'));
  });
});
