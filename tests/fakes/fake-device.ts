import type { Device } from '../../src/shared/device.ts';

export const fakeDevice: Device = {
  fingerprint: 'fa4efa4efa4efa4e',
  cpu: {
    vendor: 'Fake',
    model: 'Fake CPU',
    architecture: 'x64',
    sockets: 1,
    physicalCores: 2,
    logicalCores: 2,
    performanceCores: null,
    efficiencyCores: null,
    usableCores: 2,
    maxMegahertz: null,
    extensions: ['avx2'],
    caches: { l1dBytes: null, l1iBytes: null, l2Bytes: null, l3Bytes: null },
    governor: null,
  },
  memoryBytes: 8 * 2 ** 30,
  memoryLimitBytes: null,
  gpus: [],
  os: { platform: 'linux', name: 'Fake OS', version: '1', kernel: null },
  power: { source: 'mains', batteryPercent: null },
  virtualization: null,
  sources: {},
};
