/** The facts of a machine as the cards show them. A fact that is not known has no value. */
import type { Device, FactSource } from '#shared/device.ts';
import { formatBytes, formatCount } from '#shared/format.ts';
import { countText } from '#shared/text/number-text.ts';

export type Fact = { name: string; value: string | null; source: FactSource | null };

export function processorFacts(device: Device): Fact[] {
  const { cpu } = device;
  const fact = factOf(device);
  return [
    fact('Model', cpu.model, 'cpu.model'),
    fact('Vendor', cpu.vendor, 'cpu.vendor'),
    fact('Architecture', cpu.architecture, 'cpu.architecture'),
    fact('Cores', coresText(device), 'cpu.physicalCores'),
    ...(cpu.performanceCores === null && cpu.efficiencyCores === null
      ? []
      : [
          fact('Performance cores', formatKnown(cpu.performanceCores), 'cpu.performanceCores'),
          fact('Efficiency cores', formatKnown(cpu.efficiencyCores), 'cpu.efficiencyCores'),
        ]),
    fact('Usable by Whittle', countText(cpu.usableCores, 'core'), 'cpu.usableCores'),
    fact(
      'Highest clock',
      cpu.maxMegahertz === null ? null : `${formatCount(cpu.maxMegahertz)} MHz`,
      'cpu.maxMegahertz',
    ),
  ];
}

export function memoryFacts(device: Device): Fact[] {
  const { l1dBytes, l1iBytes, l2Bytes, l3Bytes } = device.cpu.caches;
  const fact = factOf(device);
  const cache = (bytes: number | null): string | null => (bytes === null ? null : formatBytes(bytes));
  return [
    fact('Memory', formatBytes(device.memoryBytes), 'memoryBytes'),
    ...(device.memoryLimitBytes === null
      ? []
      : [fact('Limit of the container', formatBytes(device.memoryLimitBytes), 'memoryLimitBytes')]),
    fact('L1 data cache', cache(l1dBytes), 'cpu.caches.l1dBytes'),
    fact('L1 instruction cache', cache(l1iBytes), 'cpu.caches.l1iBytes'),
    fact('L2 cache', cache(l2Bytes), 'cpu.caches.l2Bytes'),
    fact('L3 cache', cache(l3Bytes), 'cpu.caches.l3Bytes'),
  ];
}

export function systemFacts(device: Device): Fact[] {
  const { os, power, cpu, virtualization } = device;
  const fact = factOf(device);
  const name = [os.name, os.version].filter((part) => part !== null).join(' ');
  return [
    fact('Operating system', name === '' ? os.platform : name, 'os.name'),
    fact('Kernel', os.kernel, 'os.kernel'),
    fact('Virtualization', virtualization, 'virtualization'),
    fact('Power', powerText(power), 'power.source'),
    fact('Frequency governor', cpu.governor, 'cpu.governor'),
  ];
}

export function graphicsFacts(device: Device, gpu: Device['gpus'][number]): Fact[] {
  const fact = factOf(device);
  return [
    fact('Name', gpu.name, 'gpus'),
    fact('Vendor', gpu.vendor, 'gpus'),
    fact('Memory', gpu.memoryBytes === null ? null : formatBytes(gpu.memoryBytes), 'gpus'),
    fact('Driver', gpu.driver, 'gpus'),
  ];
}

const checkWords: Record<FactSource['crossCheck'], string> = {
  agrees: 'A second source says the same',
  differs: 'A second source says otherwise',
  'single-source': 'No second source was found',
};

/** `Read from /proc/cpuinfo. A second source says otherwise (lscpu says 4).` */
export function sourceText({ source, crossCheck, detail }: FactSource): string {
  return `Read from ${source}. ${checkWords[crossCheck]}${detail === null ? '' : ` (${detail})`}.`;
}

function factOf(device: Device) {
  return (name: string, value: string | null, path: string): Fact => ({
    name,
    value,
    source: device.sources[path] ?? null,
  });
}

function coresText({ cpu }: Device): string {
  const threads = countText(cpu.logicalCores, 'thread');
  const cores = cpu.physicalCores === null ? null : countText(cpu.physicalCores, 'core');
  const sockets = cpu.sockets !== null && cpu.sockets > 1 ? ` on ${countText(cpu.sockets, 'socket')}` : '';
  return `${[...(cores === null ? [] : [cores]), threads].join(', ')}${sockets}`;
}

function powerText({ source, batteryPercent }: Device['power']): string | null {
  const charge = batteryPercent === null ? '' : `, battery at ${Math.round(batteryPercent)} %`;
  switch (source) {
    case 'mains':
      return `Mains${charge}`;
    case 'battery':
      return `Battery${batteryPercent === null ? '' : ` at ${Math.round(batteryPercent)} %`}`;
    case 'unknown':
      return null;
  }
}

function formatKnown(count: number | null): string | null {
  return count === null ? null : formatCount(count);
}
