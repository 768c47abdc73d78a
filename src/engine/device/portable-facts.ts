import type { DeviceFacts } from './device-facts.ts';
import type { FactBook } from './fact-book.ts';
import type { MachineReader } from './machine-reader.ts';

/** What Node itself knows on any system: the ground that the readers of the known systems build on. */
export function readPortableFacts({ node, platform, architecture }: MachineReader, facts: FactBook): DeviceFacts {
  const fromNode = <Value extends string | number>(path: string, value: Value): Value | null =>
    facts.take<Value>(path, [{ source: 'Node', value }]);
  return {
    cpu: {
      vendor: null,
      model: node.cpuModel === null ? null : fromNode('cpu.model', node.cpuModel),
      architecture,
      sockets: null,
      physicalCores: null,
      logicalCores: fromNode('cpu.logicalCores', node.logicalCores) ?? node.logicalCores,
      performanceCores: null,
      efficiencyCores: null,
      usableCores: fromNode('cpu.usableCores', node.availableCores) ?? node.availableCores,
      maxMegahertz: null,
      extensions: [],
      caches: { l1dBytes: null, l1iBytes: null, l2Bytes: null, l3Bytes: null },
      governor: null,
    },
    memoryBytes: fromNode('memoryBytes', node.memoryBytes) ?? node.memoryBytes,
    memoryLimitBytes: null,
    gpus: [],
    os: { platform, name: null, version: null, kernel: fromNode('os.kernel', node.kernel) },
    power: { source: 'unknown', batteryPercent: null },
    virtualization: null,
  };
}
