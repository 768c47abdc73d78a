/** What single sources say on machines that the fixtures do not show. */
import { describe, expect, test } from 'vitest';
import { readCgroupLimits } from './cgroup.ts';
import { isSameModel, vendorName } from './cpu-names.ts';
import { parsePmset } from './darwin-facts.ts';
import { createFactBook } from './fact-book.ts';
import { parseLinkerLevels } from './isa-extensions.ts';
import { isSameVirtualization, parseOsRelease, readLinuxPower, virtualMachineOf } from './linux-environment.ts';
import { parseLspci } from './linux-gpus.ts';
import { parseLscpu } from './lscpu.ts';
import { createMachineReader, type MachineReader } from './machine-reader.ts';
import { parseNvidiaSmi } from './nvidia-smi.ts';
import { parseCpuInfo } from './proc-cpuinfo.ts';
import { readSysfsCpu } from './sysfs-cpu.ts';

const readerOf = (files: Record<string, string>): MachineReader => ({
  ...createMachineReader(),
  readText: (path) => files[path] ?? null,
  listFolder: (folder) => [
    ...new Set(
      Object.keys(files)
        .filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1).split('/')[0] as string),
    ),
  ],
});

describe('control groups', () => {
  const mount = '25 24 0:22 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n';
  test.each<[string, Record<string, string>, { cores: number | null; memoryBytes: number | null }]>([
    ['no cgroups at all', {}, { cores: null, memoryBytes: null }],
    [
      'no limits',
      {
        '/proc/self/cgroup': '0::/user.slice\n',
        '/sys/fs/cgroup/user.slice/memory.max': 'max\n',
        '/sys/fs/cgroup/user.slice/cpu.max': 'max 100000\n',
      },
      { cores: null, memoryBytes: null },
    ],
    [
      'the tightest of all groups above',
      {
        '/proc/self/cgroup': '0::/a/b\n',
        '/sys/fs/cgroup/a/memory.max': '1000\n',
        '/sys/fs/cgroup/a/b/memory.max': '2000\n',
        '/sys/fs/cgroup/a/b/cpu.max': '50000 100000\n',
      },
      { cores: 0.5, memoryBytes: 1000 },
    ],
    [
      'a path of another namespace',
      { '/proc/self/cgroup': '0::/../../other\n', '/sys/fs/cgroup/memory.max': '3000\n' },
      { cores: null, memoryBytes: 3000 },
    ],
  ])('%s', (_, files, expected) => {
    expect(readCgroupLimits(readerOf({ '/proc/self/mountinfo': mount, ...files }))).toEqual(expected);
  });

  test('version 1 without a limit gives its largest number', () => {
    const files = {
      '/proc/self/cgroup': '4:memory:/\n1:cpu:/\n',
      '/proc/self/mountinfo':
        '30 24 0:26 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n31 24 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n',
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    };
    expect(readCgroupLimits(readerOf(files))).toEqual({ cores: null, memoryBytes: null });
  });
});

describe('cores', () => {
  const board = (capacities: readonly number[]): Record<string, string> => {
    const root = '/sys/devices/system/cpu';
    return Object.fromEntries([
      [`${root}/online`, `0-${capacities.length - 1}\n`],
      ...capacities.flatMap((capacity, cpu) => [
        [`${root}/cpu${cpu}/cpu_capacity`, `${capacity}\n`],
        [`${root}/cpu${cpu}/topology/thread_siblings_list`, `${cpu}\n`],
        [`${root}/cpu${cpu}/topology/physical_package_id`, '-1\n'],
      ]),
    ]) as Record<string, string>;
  };
  test.each([
    [[446, 446, 446, 446, 1024, 1024], { performanceCores: 2, efficiencyCores: 4 }],
    [[1024, 1024], { performanceCores: null, efficiencyCores: null }],
    // Three kinds: which of the middle ones are fast is not for us to say.
    [[280, 280, 855, 1024], { performanceCores: null, efficiencyCores: null }],
  ])('of capacities %j', (capacities, expected) => {
    expect(readSysfsCpu(readerOf(board(capacities)))).toMatchObject({
      ...expected,
      sockets: null,
      physicalCores: capacities.length,
    });
  });

  test('of two kinds are named together, and have only the extensions of both', () => {
    const core = (index: number, part: string, features: string): string =>
      `processor\t: ${index}\nFeatures\t: ${features}\nCPU implementer\t: 0x41\nCPU part\t: ${part}\n`;
    expect(
      parseCpuInfo(`${core(0, '0xd05', 'asimd')}\n${core(1, '0xd0b', 'asimd asimddp')}\nRevision\t: c03111\n`),
    ).toMatchObject({ vendor: 'Arm', model: 'Cortex-A55 + Cortex-A76', logicalCores: 2, extensions: ['neon'] });
  });

  test('of an unknown part have no name', () => {
    const text = 'processor\t: 0\nFeatures\t: asimd\nCPU implementer\t: 0x41\nCPU part\t: 0xfff\n';
    expect(parseCpuInfo(text)).toMatchObject({ vendor: 'Arm', model: null, physicalCores: null });
  });
});

test.each([
  ['AMD EPYC', 'EPYC', true],
  ['Intel(R) Core(TM) i7-9750H CPU @ 2.60GHz', 'Core™ i7-9750H', true],
  ['AMD EPYC 9354', 'AMD EPYC 9454', false],
])('%s and %s are one model: %s', (one, other, expected) => {
  expect(isSameModel(one, other)).toBe(expected);
});

test.each([
  ['AuthenticAMD', 'AMD'],
  ['ARM', 'Arm'],
  ['0x61', 'Apple'],
  ['0x99', null],
  ['', null],
  ['-', null],
])('the vendor %j is %j', (text, expected) => {
  expect(vendorName(text)).toBe(expected);
});

test('the linker vouches for nothing where it only searches', () => {
  expect(parseLinkerLevels('  x86-64-v4\n  x86-64-v3 (supported, searched)\n')).toEqual(['f16c', 'fma', 'avx', 'avx2']);
  expect(parseLinkerLevels('Usage: ld.so')).toEqual([]);
});

describe('lscpu', () => {
  test('without the number of instances a cache is the size of one, and not taken', () => {
    const text = '{"lscpu": [{"field": "L1d cache:", "data": "32K"}, {"field": "Socket(s):", "data": "-"}]}';
    expect(parseLscpu(text)).toMatchObject({ caches: new Map(), sockets: null, physicalCores: null });
  });
  test('that prints no JSON is no source', () => {
    expect(parseLscpu('lscpu: unrecognized option')).toBeNull();
  });
});

test('nvidia-smi on a chip that shares its memory tells no memory', () => {
  expect(parseNvidiaSmi('NVIDIA GB10, [N/A], 580.95.05, 0000000F:01:00.0, GPU-1\n')).toEqual([
    {
      name: 'NVIDIA GB10',
      vendor: 'NVIDIA',
      memoryBytes: null,
      driver: '580.95.05',
      id: '000f:01:00.0',
      hardwareId: null,
    },
  ]);
});

test('lspci names nothing that its list does not know', () => {
  const text =
    '0000:01:00.0 "VGA compatible controller [0300]" "NVIDIA Corporation [10de]" "Device [2b85]" -ra1 "" ""\n';
  expect(parseLspci(text)).toEqual(new Map());
});

test.each([
  [{ 'AC/type': 'Mains', 'AC/online': '1', 'BAT0/type': 'Battery', 'BAT0/status': 'Charging' }, 'mains'],
  // Some batteries say “Discharging” for a moment while the charger is in.
  [{ 'ucsi/type': 'USB', 'ucsi/online': '1', 'BAT0/type': 'Battery', 'BAT0/status': 'Discharging' }, 'mains'],
  [{ 'BAT0/type': 'Battery', 'BAT0/status': 'Discharging' }, 'battery'],
  [{ 'BAT0/type': 'Battery', 'BAT0/status': 'Unknown' }, null],
  [{}, null],
])('supplies %j mean %s', (supplies, expected) => {
  const files = Object.entries(supplies).map(([name, value]) => [`/sys/class/power_supply/${name}`, `${value}\n`]);
  expect(readLinuxPower(readerOf(Object.fromEntries(files) as Record<string, string>)).source.value).toBe(expected);
});

test.each([
  ["Now drawing from 'Battery Power'\n -InternalBattery-0 (id=1)\t41%; discharging; 3:02 remaining", 'battery', 41],
  ["Now drawing from 'AC Power'\n", 'mains', null],
  ['', null, null],
])('pmset: %j', (text, source, percent) => {
  expect(parsePmset(text)).toEqual({ source, percent });
});

test.each([
  ['Microsoft Corporation Virtual Machine', 'hyper-v'],
  ['Microsoft Corporation Surface Laptop 5', null],
  ['QEMU Standard PC (Q35 + ICH9, 2009)', 'qemu'],
  ['VMware, Inc. VMware7,1', 'vmware'],
])('%s is %s', (text, expected) => {
  expect(virtualMachineOf(text)).toBe(expected);
});

test.each([
  ['docker on kvm', 'docker on a hypervisor', true],
  ['kvm', 'a hypervisor', true],
  ['podman', 'docker', true],
  ['docker on kvm', 'docker', false],
  ['docker', 'docker on a hypervisor', false],
])('%s and %s mean the same: %s', (one, other, expected) => {
  expect(isSameVirtualization(one, other)).toBe(expected);
});

test('a rolling distribution has no version', () => {
  expect(parseOsRelease("NAME='Arch Linux'\nID=arch\n")).toEqual({ name: 'Arch Linux', version: null });
});

test('a fact that no source knows is null and has no source', () => {
  const { take, sources } = createFactBook();
  expect(take('cpu.model', [{ source: 'a', value: null }])).toBeNull();
  expect(
    take('cpu.vendor', [
      { source: 'a', value: null },
      { source: 'b', value: 'AMD' },
    ]),
  ).toBe('AMD');
  expect(sources).toEqual({ 'cpu.vendor': { source: 'b', crossCheck: 'single-source', detail: null } });
});

test('a command that is missing, fails or hangs tells nothing', async () => {
  const { run } = createMachineReader();
  expect(await run('whittle-no-such-command', [])).toBeNull();
  expect(await run(process.execPath, ['-e', 'process.exit(3)'])).toBeNull();
  expect(await run(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], 200)).toBeNull();
  expect(await run(process.execPath, ['-e', 'process.stdout.write("yes")'])).toBe('yes');
});
