/** The facts of a Mac, by sysctl, system_profiler, pmset and sw_vers. Clocks are not told on Apple silicon. */
import { isSameModel, vendorName } from './cpu-names.ts';
import type { DeviceFacts } from './device-facts.ts';
import type { FactBook } from './fact-book.ts';
import type { FoundGpu } from './found-gpu.ts';
import { extensionsOfSysctl } from './isa-extensions.ts';
import type { MachineReader } from './machine-reader.ts';
import { readPortableFacts } from './portable-facts.ts';
import type { SystemInformationCpu } from './read-system-information.ts';

/** It asks each display. */
const PROFILER_LIMIT_MS = 8000;

export async function readDarwinFacts(
  reader: MachineReader,
  facts: FactBook,
  readSystemInformation: () => Promise<SystemInformationCpu>,
): Promise<DeviceFacts> {
  const base = readPortableFacts(reader, facts);
  const [sysctlText, profile, power, version, si] = await Promise.all([
    reader.run('sysctl', ['hw', 'machdep.cpu', 'kern.hv_vmm_present']),
    reader.run('system_profiler', ['SPDisplaysDataType', '-json'], PROFILER_LIMIT_MS),
    reader.run('pmset', ['-g', 'batt']),
    reader.run('sw_vers', []),
    readSystemInformation(),
  ]);
  const sysctl = parseSysctl(sysctlText ?? '');
  const { take } = facts;
  const numberOf = (name: string): number | null => {
    const value = Number(sysctl.get(name) ?? Number.NaN);
    return Number.isFinite(value) && value > 0 ? value : null;
  };
  const fromSysctl = (path: string, value: number | null): number | null => take(path, [{ source: 'sysctl', value }]);
  const caches = readCaches(numberOf);
  const kinds = countCoreKinds(sysctl, numberOf);
  const extensions = extensionsOfSysctl(sysctl);
  if (extensions.length > 0) take('cpu.extensions', [{ source: 'sysctl', value: extensions }]);
  const gpus = parseDisplays(profile ?? '');
  if (gpus.length > 0) take('gpus', [{ source: 'system_profiler', value: gpus.map(({ name }) => name) }]);
  const brand = sysctl.get('machdep.cpu.brand_string') ?? null;
  const battery = parsePmset(power ?? '');
  return {
    ...base,
    cpu: {
      ...base.cpu,
      vendor: take('cpu.vendor', [
        {
          source: 'sysctl',
          value: vendorName(sysctl.get('machdep.cpu.vendor')) ?? (brand?.startsWith('Apple') ? 'Apple' : null),
        },
        { source: 'systeminformation', value: si.vendor },
      ]),
      model: take(
        'cpu.model',
        [
          { source: 'sysctl', value: brand },
          { source: 'Node', value: reader.node.cpuModel },
        ],
        { isSame: isSameModel },
      ),
      sockets: fromSysctl('cpu.sockets', numberOf('hw.packages')),
      physicalCores: take('cpu.physicalCores', [
        { source: 'sysctl', value: numberOf('hw.physicalcpu') },
        { source: 'systeminformation', value: si.physicalCores },
      ]),
      logicalCores:
        take('cpu.logicalCores', [
          { source: 'sysctl', value: numberOf('hw.logicalcpu') },
          { source: 'Node', value: reader.node.logicalCores },
        ]) ?? base.cpu.logicalCores,
      performanceCores: fromSysctl('cpu.performanceCores', kinds.performanceCores),
      efficiencyCores: fromSysctl('cpu.efficiencyCores', kinds.efficiencyCores),
      extensions,
      caches: {
        l1dBytes: fromSysctl('cpu.caches.l1dBytes', caches.l1dBytes),
        l1iBytes: fromSysctl('cpu.caches.l1iBytes', caches.l1iBytes),
        l2Bytes: fromSysctl('cpu.caches.l2Bytes', caches.l2Bytes),
        l3Bytes: fromSysctl('cpu.caches.l3Bytes', caches.l3Bytes),
      },
    },
    memoryBytes:
      take('memoryBytes', [
        { source: 'sysctl', value: numberOf('hw.memsize') },
        { source: 'Node', value: reader.node.memoryBytes },
      ]) ?? base.memoryBytes,
    gpus,
    os: {
      ...base.os,
      name: take('os.name', [{ source: 'sw_vers', value: /^ProductName:\s*(.+)$/m.exec(version ?? '')?.[1] ?? null }]),
      version: take('os.version', [
        { source: 'sw_vers', value: /^ProductVersion:\s*(.+)$/m.exec(version ?? '')?.[1] ?? null },
      ]),
    },
    power: {
      source: take('power.source', [{ source: 'pmset', value: battery.source }]) ?? 'unknown',
      batteryPercent: take('power.batteryPercent', [{ source: 'pmset', value: battery.percent }]),
    },
    virtualization: take('virtualization', [
      { source: 'sysctl', value: sysctl.get('kern.hv_vmm_present') === '1' ? 'a hypervisor' : null },
    ]),
  };
}

/** Lines `name: value`. */
export function parseSysctl(text: string): Map<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf(': ');
      return at === -1 ? [] : [[line.slice(0, at), line.slice(at + 2).trim()]];
    }),
  );
}

type NumberOf = (name: string) => number | null;

/** Kinds of cores: `hw.perflevel0` are the fast ones. More than two kinds have no place in these words. */
function countCoreKinds(
  sysctl: ReadonlyMap<string, string>,
  numberOf: NumberOf,
): { performanceCores: number | null; efficiencyCores: number | null } {
  if (sysctl.get('hw.nperflevels') !== '2') return { performanceCores: null, efficiencyCores: null };
  return {
    performanceCores: numberOf('hw.perflevel0.physicalcpu'),
    efficiencyCores: numberOf('hw.perflevel1.physicalcpu'),
  };
}

/** Sizes are told per core (level 1) or per cluster (level 2) of each kind; Intel Macs have one kind. */
function readCaches(numberOf: NumberOf): DeviceFacts['cpu']['caches'] {
  const kindCount = numberOf('hw.nperflevels');
  if (kindCount === null) {
    const times = (size: number | null, count: number | null): number | null =>
      size === null || count === null ? null : size * count;
    const cores = numberOf('hw.physicalcpu');
    return {
      l1dBytes: times(numberOf('hw.l1dcachesize'), cores),
      l1iBytes: times(numberOf('hw.l1icachesize'), cores),
      l2Bytes: times(numberOf('hw.l2cachesize'), cores),
      l3Bytes: times(numberOf('hw.l3cachesize'), numberOf('hw.packages')),
    };
  }
  const sum = (size: string, sharedBy: string | null): number | null => {
    const parts = Array.from({ length: kindCount }, (_, kind) => {
      const ofKind = (name: string): number | null => numberOf(`hw.perflevel${kind}.${name}`);
      const [bytes, cores, sharing] = [ofKind(size), ofKind('physicalcpu'), sharedBy === null ? 1 : ofKind(sharedBy)];
      return bytes === null || cores === null || sharing === null ? null : bytes * Math.ceil(cores / sharing);
    });
    return parts.includes(null) ? null : (parts as number[]).reduce((total, bytes) => total + bytes, 0);
  };
  // Apple's last level belongs to the whole chip and is not told.
  return {
    l1dBytes: sum('l1dcachesize', null),
    l1iBytes: sum('l1icachesize', null),
    l2Bytes: sum('l2cachesize', 'cpusperl2'),
    l3Bytes: null,
  };
}

type Display = { sppci_model?: string; spdisplays_vendor?: string; spdisplays_vram?: string };

/** @param text what `system_profiler SPDisplaysDataType -json` prints; GPUs of Apple have no memory of their own */
export function parseDisplays(text: string): FoundGpu[] {
  try {
    const { SPDisplaysDataType = [] } = JSON.parse(text) as { SPDisplaysDataType?: Display[] };
    return SPDisplaysDataType.flatMap(({ sppci_model: name, spdisplays_vendor: vendor, spdisplays_vram: memory }) => {
      if (name === undefined) return [];
      const [, amount, unit] = /^(\d+) (MB|GB)$/.exec(memory ?? '') ?? [];
      return [
        {
          name,
          vendor: vendor?.replace(/^sppci_vendor_/, '').replace(/\s*\(0x.*\)$/, '') ?? null,
          memoryBytes: amount === undefined ? null : Number(amount) * 2 ** (unit === 'GB' ? 30 : 20),
          driver: null,
          id: null,
          hardwareId: null,
        },
      ];
    });
  } catch {
    return [];
  }
}

/** @param text what `pmset -g batt` prints */
export function parsePmset(text: string): { source: 'mains' | 'battery' | null; percent: number | null } {
  const source = /drawing from '([^']+)'/.exec(text)?.[1];
  const percent = /InternalBattery\S*.*?(\d+)%/.exec(text)?.[1];
  return {
    source: source === 'AC Power' ? 'mains' : source === 'Battery Power' ? 'battery' : null,
    percent: percent === undefined ? null : Number(percent),
  };
}
