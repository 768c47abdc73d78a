/**
 * The facts of a Linux machine. First sources are /proc and /sys. lscpu and systeminformation read the same kernel, so that they
 * check our reading of it; the dynamic linker, the memory blocks and nvidia-smi check the kernel's view itself.
 */
import type { IsaExtension } from '#shared/device.ts';
import { parseCpuList } from '../runtime/count-cores.ts';
import { readCgroupLimits } from './cgroup.ts';
import { isSameModel } from './cpu-names.ts';
import type { DeviceFacts } from './device-facts.ts';
import type { FactBook, Reading } from './fact-book.ts';
import type { FoundGpu } from './found-gpu.ts';
import { parseLinkerLevels } from './isa-extensions.ts';
import { isSameVirtualization, parseOsRelease, readLinuxPower, readLinuxVirtualization } from './linux-environment.ts';
import { readLinuxGpus } from './linux-gpus.ts';
import { parseLscpu } from './lscpu.ts';
import type { MachineReader } from './machine-reader.ts';
import { readNvidiaSmi } from './nvidia-smi.ts';
import { parseCpuInfo } from './proc-cpuinfo.ts';
import type { SystemInformationCpu } from './read-system-information.ts';
import { readSysfsCpu } from './sysfs-cpu.ts';

const CPUINFO = '/proc/cpuinfo';
const SYSFS = '/sys/devices/system/cpu';
const LINKER = '/lib64/ld-linux-x86-64.so.2';

export async function readLinuxFacts(
  reader: MachineReader,
  facts: FactBook,
  readSystemInformation: () => Promise<SystemInformationCpu>,
): Promise<DeviceFacts> {
  const [lscpu, si, linker, gpus, nvidia, virtualization] = await Promise.all([
    reader.run('lscpu', ['--json', '--bytes']).then((text) => (text === null ? null : parseLscpu(text))),
    readSystemInformation(),
    reader.architecture === 'x64' ? reader.run(LINKER, ['--help']) : null,
    readLinuxGpus(reader),
    readNvidiaSmi(reader),
    readLinuxVirtualization(reader),
  ]);
  const cpuInfo = parseCpuInfo(reader.readText(CPUINFO) ?? '');
  const sysfs = readSysfsCpu(reader);
  const { take } = facts;
  const cache = (path: keyof typeof sysfs.caches, name: string): number | null =>
    take(`cpu.caches.${path}`, [
      { source: SYSFS, value: sysfs.caches[path] },
      { source: 'lscpu', value: lscpu?.caches.get(name) ?? null },
    ]);
  const logicalCores =
    take('cpu.logicalCores', [
      { source: SYSFS, value: sysfs.logicalCores },
      { source: CPUINFO, value: cpuInfo.logicalCores },
      { source: 'lscpu', value: lscpu?.logicalCores ?? null },
    ]) ?? reader.node.logicalCores;
  const limits = readCgroupLimits(reader);
  const memoryBytes = takeMemory(reader, facts);
  const power = readLinuxPower(reader);
  const osRelease = ['/etc/os-release', '/usr/lib/os-release'].find((path) => reader.readText(path) !== null);
  const { name, version } = parseOsRelease(osRelease === undefined ? '' : (reader.readText(osRelease) ?? ''));

  return {
    cpu: {
      vendor: take('cpu.vendor', [
        { source: CPUINFO, value: cpuInfo.vendor },
        { source: 'lscpu', value: lscpu?.vendor ?? null },
        { source: 'systeminformation', value: si.vendor },
      ]),
      model: take(
        'cpu.model',
        [
          { source: CPUINFO, value: cpuInfo.model },
          { source: 'lscpu', value: lscpu?.model ?? null },
          { source: 'systeminformation', value: si.model },
        ],
        { isSame: isSameModel },
      ),
      architecture: reader.architecture,
      sockets: take('cpu.sockets', [
        { source: SYSFS, value: sysfs.sockets },
        { source: 'lscpu', value: lscpu?.sockets ?? null },
        { source: CPUINFO, value: cpuInfo.sockets },
      ]),
      physicalCores: take('cpu.physicalCores', [
        { source: SYSFS, value: sysfs.physicalCores },
        { source: CPUINFO, value: cpuInfo.physicalCores },
        { source: 'lscpu', value: lscpu?.physicalCores ?? null },
        { source: 'systeminformation', value: si.physicalCores },
      ]),
      logicalCores,
      performanceCores: take('cpu.performanceCores', [{ source: '/sys/devices', value: sysfs.performanceCores }]),
      efficiencyCores: take('cpu.efficiencyCores', [{ source: '/sys/devices', value: sysfs.efficiencyCores }]),
      usableCores: takeUsableCores(reader, facts, limits.cores) ?? logicalCores,
      maxMegahertz: take(
        'cpu.maxMegahertz',
        [
          { source: `${SYSFS}/cpufreq`, value: sysfs.maxMegahertz },
          { source: 'lscpu', value: lscpu?.maxMegahertz ?? null },
        ],
        { isSame: (one, other) => Math.abs(one - other) <= 1 },
      ),
      extensions: takeExtensions(facts, cpuInfo.extensions, linker),
      caches: {
        l1dBytes: cache('l1dBytes', 'L1d'),
        l1iBytes: cache('l1iBytes', 'L1i'),
        l2Bytes: cache('l2Bytes', 'L2'),
        l3Bytes: cache('l3Bytes', 'L3'),
      },
      governor: take('cpu.governor', [{ source: `${SYSFS}/cpufreq`, value: sysfs.governor }]),
    },
    memoryBytes,
    memoryLimitBytes: take('memoryLimitBytes', [
      {
        source: 'cgroup',
        value: limits.memoryBytes !== null && limits.memoryBytes < memoryBytes ? limits.memoryBytes : null,
      },
    ]),
    gpus: takeGpus(facts, gpus, nvidia),
    os: {
      platform: reader.platform,
      name: take('os.name', [{ source: osRelease ?? '', value: name }]),
      version: take('os.version', [{ source: osRelease ?? '', value: version }]),
      kernel: take('os.kernel', [
        { source: 'uname', value: reader.node.kernel },
        { source: '/proc/sys/kernel/osrelease', value: reader.readText('/proc/sys/kernel/osrelease')?.trim() ?? null },
      ]),
    },
    power: {
      source: take('power.source', [power.source]) ?? 'unknown',
      batteryPercent: take('power.batteryPercent', [power.batteryPercent]),
    },
    virtualization: take('virtualization', virtualization, { isSame: isSameVirtualization }),
  };
}

/** The affinity mask and the quota of the cgroup; Node's count of available cores rounds the same down. */
function takeUsableCores(reader: MachineReader, facts: FactBook, quota: number | null): number | null {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(reader.readText('/proc/self/status') ?? '')?.[1];
  const allowed = list === undefined ? null : parseCpuList(list).length;
  const isQuota = quota !== null && quota < (allowed ?? reader.node.logicalCores);
  const first: Reading<number> = isQuota
    ? { source: 'CPU quota of the cgroup', value: quota }
    : { source: 'affinity mask (/proc/self/status)', value: allowed };
  return facts.take('cpu.usableCores', [first, { source: 'Node', value: reader.node.availableCores }], {
    isSame: (one, other) => Math.max(1, Math.floor(one)) === other || Math.ceil(one) === other,
  });
}

/** The kernel keeps a part of the memory blocks for itself, so that both agree when it tells a little less. */
function takeMemory(reader: MachineReader, facts: FactBook): number {
  const kibibytes = /^MemTotal:\s+(\d+) kB$/m.exec(reader.readText('/proc/meminfo') ?? '')?.[1];
  const folder = '/sys/devices/system/memory';
  const blockBytes = Number.parseInt(reader.readText(`${folder}/block_size_bytes`)?.trim() ?? '', 16);
  const blocks = reader
    .listFolder(folder)
    .filter((name) => /^memory\d+$/.test(name) && reader.readText(`${folder}/${name}/state`)?.trim() !== 'offline');
  const blocksBytes = blocks.length > 0 && blockBytes > 0 ? blocks.length * blockBytes : null;
  return (
    facts.take(
      'memoryBytes',
      [
        { source: '/proc/meminfo', value: kibibytes === undefined ? null : Number(kibibytes) * 1024 },
        { source: `memory blocks of ${folder}`, value: blocksBytes },
      ],
      { isSame: (one, other) => one <= other && one >= other * 0.85 },
    ) ?? reader.node.memoryBytes
  );
}

function takeExtensions(facts: FactBook, extensions: IsaExtension[], linkerHelp: string | null): IsaExtension[] {
  const vouched = linkerHelp === null ? [] : parseLinkerLevels(linkerHelp);
  if (extensions.length === 0) return [];
  facts.take(
    'cpu.extensions',
    [
      { source: CPUINFO, value: extensions },
      { source: 'the dynamic linker (CPUID)', value: vouched.length > 0 ? vouched : null },
    ],
    { isSame: (all, some) => some.every((extension) => all.includes(extension)) },
  );
  return extensions;
}

/** nvidia-smi names only what this process may use; sysfs shows a container the whole machine. */
function takeGpus(facts: FactBook, pciGpus: readonly FoundGpu[], nvidia: readonly FoundGpu[] | null): FoundGpu[] {
  const others = pciGpus.filter(({ vendor }) => vendor !== 'NVIDIA');
  const onBus = pciGpus.filter(({ vendor }) => vendor === 'NVIDIA');
  const inTool = nvidia?.map((gpu) => ({
    ...gpu,
    hardwareId: onBus.find(({ id }) => id === gpu.id)?.hardwareId ?? null,
  }));
  const gpus = [...(inTool ?? onBus), ...others];
  const note =
    nvidia === null && onBus.length > 0
      ? 'nvidia-smi does not answer, so memory and driver version of the NVIDIA GPU are unknown'
      : undefined;
  const listing = (list: readonly FoundGpu[]): string[] | null =>
    list.length === 0 ? null : list.map(({ id, name }) => id ?? name).toSorted();
  facts.take(
    'gpus',
    [
      { source: inTool === undefined ? 'PCI devices of /sys' : 'nvidia-smi', value: listing(gpus) },
      { source: 'PCI devices of /sys', value: inTool === undefined ? null : listing(pciGpus) },
    ],
    { note },
  );
  return gpus;
}
