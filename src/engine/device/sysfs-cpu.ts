/** Cores, caches and clocks from /sys/devices/system/cpu of Linux. */
import { parseCpuList } from '../runtime/count-cores.ts';
import type { MachineReader } from './machine-reader.ts';

const ROOT = '/sys/devices/system/cpu';

export type SysfsCpu = {
  logicalCores: number | null;
  physicalCores: number | null;
  sockets: number | null;
  performanceCores: number | null;
  efficiencyCores: number | null;
  maxMegahertz: number | null;
  governor: string | null;
  /** Bytes over all instances; a level with an instance of unknown size is unknown. */
  caches: { l1dBytes: number | null; l1iBytes: number | null; l2Bytes: number | null; l3Bytes: number | null };
};

type Reader = Pick<MachineReader, 'readText' | 'listFolder'>;

export function readSysfsCpu(reader: Reader): SysfsCpu {
  const online = reader.readText(`${ROOT}/online`)?.trim() ?? '';
  const cpus = online === '' ? [] : parseCpuList(online);
  const textOf = (cpu: number, file: string): string | null => {
    const text = reader.readText(`${ROOT}/cpu${cpu}/${file}`)?.trim() ?? '';
    return text === '' ? null : text;
  };
  const siblings = new Map(
    cpus.map((cpu) => [cpu, textOf(cpu, 'topology/thread_siblings_list') ?? textOf(cpu, 'topology/core_cpus_list')]),
  );
  const countCores = (among: readonly number[]): number | null => {
    const cores = new Set(among.map((cpu) => siblings.get(cpu) ?? null));
    return cores.size === 0 || cores.has(null) ? null : cores.size;
  };
  // Arm boards without the firmware table give -1.
  const packages = new Set(cpus.map((cpu) => Number(textOf(cpu, 'topology/physical_package_id') ?? -1)));
  const clocks = cpus.map((cpu) => Number(textOf(cpu, 'cpufreq/cpuinfo_max_freq') ?? Number.NaN));
  const highestKilohertz = Math.max(...clocks.filter(Number.isFinite));
  return {
    logicalCores: cpus.length > 0 ? cpus.length : null,
    physicalCores: countCores(cpus),
    sockets: packages.size === 0 || packages.has(-1) ? null : packages.size,
    ...readCoreKinds(reader, cpus, countCores, (cpu) => textOf(cpu, 'cpu_capacity')),
    maxMegahertz: highestKilohertz > 0 ? highestKilohertz / 1000 : null,
    governor: summarizeGovernors(cpus.map((cpu) => textOf(cpu, 'cpufreq/scaling_governor'))),
    caches: readCaches(reader, cpus),
  };
}

/**
 * Intel's hybrids register a counter unit for each kind of core; Arm's kernel tells each core's capacity, of which two different
 * ones are fast and slow cores. More than two kinds have no place in these words and stay unknown.
 */
function readCoreKinds(
  reader: Reader,
  cpus: readonly number[],
  countCores: (among: readonly number[]) => number | null,
  capacityOf: (cpu: number) => string | null,
): { performanceCores: number | null; efficiencyCores: number | null } {
  const listOf = (unit: string): number[] => parseCpuList(reader.readText(`/sys/devices/${unit}/cpus`)?.trim() ?? '');
  const [fast, slow] = [listOf('cpu_core'), listOf('cpu_atom')];
  if (fast.length > 0 && slow.length > 0) {
    return { performanceCores: countCores(fast), efficiencyCores: countCores(slow) };
  }
  const capacities = cpus.map((cpu) => Number(capacityOf(cpu) ?? Number.NaN));
  const kinds = [...new Set(capacities)].sort((a, b) => b - a);
  if (kinds.length !== 2 || kinds.some(Number.isNaN)) return { performanceCores: null, efficiencyCores: null };
  const ofKind = (kind: number | undefined): number[] => cpus.filter((_, index) => capacities[index] === kind);
  return { performanceCores: countCores(ofKind(kinds[0])), efficiencyCores: countCores(ofKind(kinds[1])) };
}

function summarizeGovernors(governors: readonly (string | null)[]): string | null {
  const kinds = new Set(governors.filter((governor) => governor !== null));
  return kinds.size === 0 ? null : [...kinds].join(', ');
}

/** Each cache appears once per core that shares it. */
function readCaches(reader: Reader, cpus: readonly number[]): SysfsCpu['caches'] {
  const instances = new Map<string, { kind: string; bytes: number | null }>();
  for (const cpu of cpus) {
    const folder = `${ROOT}/cpu${cpu}/cache`;
    for (const index of reader.listFolder(folder).filter((name) => name.startsWith('index'))) {
      const textOf = (file: string): string => reader.readText(`${folder}/${index}/${file}`)?.trim() ?? '';
      const kind = `${textOf('level')} ${textOf('type')}`;
      instances.set(`${kind} ${textOf('shared_cpu_list')}`, { kind, bytes: parseSize(textOf('size')) });
    }
  }
  const sumOf = (kind: string): number | null => {
    const sizes = [...instances.values()].filter((instance) => instance.kind === kind).map(({ bytes }) => bytes);
    if (sizes.length === 0 || sizes.includes(null)) return null;
    return (sizes as number[]).reduce((sum, bytes) => sum + bytes, 0);
  };
  return {
    l1dBytes: sumOf('1 Data'),
    l1iBytes: sumOf('1 Instruction'),
    l2Bytes: sumOf('2 Unified'),
    l3Bytes: sumOf('3 Unified'),
  };
}

/** `48K` and `32M` in bytes. */
function parseSize(text: string): number | null {
  const [, digits, unit] = /^(\d+)([KMG]?)$/.exec(text) ?? [];
  if (digits === undefined) return null;
  return Number(digits) * 1024 ** ['', 'K', 'M', 'G'].indexOf(unit ?? '');
}
