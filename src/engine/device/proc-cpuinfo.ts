/** /proc/cpuinfo of Linux, on x86 and on Arm. */
import type { IsaExtension } from '#shared/device.ts';
import { armCoreName, vendorName } from './cpu-names.ts';
import { extensionsOfLinuxFlags } from './isa-extensions.ts';

export type CpuInfo = {
  vendor: string | null;
  model: string | null;
  logicalCores: number | null;
  /** null on Arm, where the file does not tell. */
  physicalCores: number | null;
  sockets: number | null;
  /** Those that every processor has. */
  extensions: IsaExtension[];
};

export function parseCpuInfo(text: string): CpuInfo {
  const processors = text
    .split(/\n\s*\n/)
    .map(parseBlock)
    .filter((block) => block.has('processor'));
  const valuesOf = (name: string): string[] => [
    ...new Set(processors.map((block) => block.get(name) ?? '').filter((value) => value !== '')),
  ];
  return {
    vendor: vendorName(valuesOf('vendor_id')[0] ?? valuesOf('CPU implementer')[0]),
    model: valuesOf('model name')[0] ?? armModel(processors),
    logicalCores: processors.length > 0 ? processors.length : null,
    physicalCores: countCores(processors),
    sockets: valuesOf('physical id').length || null,
    extensions: commonExtensions(processors),
  };
}

function parseBlock(text: string): Map<string, string> {
  return new Map(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf(':');
      return at === -1 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1).trim()]];
    }),
  );
}

/** The kinds of cores, e.g. `Cortex-A76 + Cortex-A55`; null when one has no name here. */
function armModel(processors: readonly Map<string, string>[]): string | null {
  const names = new Set(
    processors.map((block) => armCoreName(block.get('CPU implementer') ?? '', block.get('CPU part') ?? '')),
  );
  return names.size === 0 || names.has(null) ? null : [...names].join(' + ');
}

function countCores(processors: readonly Map<string, string>[]): number | null {
  const cores = processors.map((block) => [block.get('physical id'), block.get('core id')]);
  if (cores.length === 0 || cores.some((core) => core.includes(undefined))) return null;
  return new Set(cores.map((core) => core.join(':'))).size;
}

function commonExtensions(processors: readonly Map<string, string>[]): IsaExtension[] {
  const sets = processors.map((block) => (block.get('flags') ?? block.get('Features') ?? '').split(/\s+/));
  const [first = [], ...others] = sets.map((flags) => extensionsOfLinuxFlags(flags));
  return first.filter((extension) => others.every((extensions) => extensions.includes(extension)));
}
