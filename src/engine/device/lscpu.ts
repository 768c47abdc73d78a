/** A second reader of what the Linux kernel tells: it checks our reading, and names cores that we have no name for. */
import { vendorName } from './cpu-names.ts';

export type Lscpu = {
  vendor: string | null;
  model: string | null;
  sockets: number | null;
  physicalCores: number | null;
  logicalCores: number | null;
  maxMegahertz: number | null;
  /** Bytes over all instances, by `L1d`, `L1i`, `L2`, `L3`. */
  caches: Map<string, number>;
};

type Entry = { field: string; data?: string | null; children?: Entry[] };

/** @param text what `lscpu --json --bytes` prints; newer versions nest the entries */
export function parseLscpu(text: string): Lscpu | null {
  const entries = readEntries(text);
  if (entries === null) return null;
  const values = new Map(flatten(entries).map(({ field, data }) => [field.replace(/:$/, ''), data ?? '']));
  const textOf = (name: string): string | null => {
    const value = values.get(name)?.trim() ?? '';
    return value === '' || value === '-' ? null : value;
  };
  const numberOf = (name: string): number | null => {
    const value = Number(textOf(name) ?? Number.NaN);
    return Number.isFinite(value) && value > 0 ? value : null;
  };
  const sockets = numberOf('Socket(s)') ?? numberOf('Cluster(s)');
  const coresPerSocket = numberOf('Core(s) per socket') ?? numberOf('Core(s) per cluster');
  return {
    vendor: vendorName(textOf('Vendor ID')),
    model: textOf('Model name'),
    sockets: numberOf('Socket(s)'),
    // Of a machine with several kinds of cores it names the count of one kind only.
    physicalCores:
      sockets === null || coresPerSocket === null || hasSeveralKinds(entries) ? null : sockets * coresPerSocket,
    logicalCores: numberOf('CPU(s)'),
    maxMegahertz: numberOf('CPU max MHz'),
    caches: new Map(
      [...values].flatMap(([name, value]) => {
        const level = /^(L\d[di]?)(?: cache)?$/.exec(name)?.[1];
        // Without the number of instances it is the size of one.
        const bytes = /^(\d+) \(\d+ instances?\)$/.exec(value)?.[1];
        return level === undefined || bytes === undefined ? [] : [[level, Number(bytes)]];
      }),
    ),
  };
}

function readEntries(text: string): Entry[] | null {
  try {
    const { lscpu } = JSON.parse(text) as { lscpu?: Entry[] };
    return Array.isArray(lscpu) ? lscpu : null;
  } catch {
    return null;
  }
}

function flatten(entries: readonly Entry[]): Entry[] {
  return entries.flatMap((entry) => [entry, ...flatten(entry.children ?? [])]);
}

function hasSeveralKinds(entries: readonly Entry[]): boolean {
  return flatten(entries).filter(({ field }) => field === 'Model name:').length > 1;
}
