import { describe, expect, it } from 'vitest';
import { isaExtensionSchema } from '#shared/device.ts';
import { fakeDevice } from '../../../../tests/fakes/fake-device.ts';
import { memoryFacts, processorFacts, sourceText, systemFacts } from './device-facts.ts';
import { extensionWords, missingExtensions } from './extension-words.ts';

const valueOf = (facts: { name: string; value: string | null }[], name: string) =>
  facts.find((fact) => fact.name === name)?.value;

describe('the facts of a machine', () => {
  it('has no value for what is not known', () => {
    expect(valueOf(processorFacts(fakeDevice), 'Highest clock')).toBeNull();
    expect(valueOf(memoryFacts(fakeDevice), 'L3 cache')).toBeNull();
    const power = { source: 'unknown', batteryPercent: null } as const;
    expect(valueOf(systemFacts({ ...fakeDevice, power }), 'Power')).toBeNull();
  });

  it('says cores, threads and sockets', () => {
    const cpu = { ...fakeDevice.cpu, sockets: 2, physicalCores: 32, logicalCores: 64 };
    expect(valueOf(processorFacts({ ...fakeDevice, cpu }), 'Cores')).toBe('32 cores, 64 threads on 2 sockets');
    expect(valueOf(processorFacts(fakeDevice), 'Cores')).toBe('2 cores, 2 threads');
  });

  it('names kinds of cores and the limit of a container only where there are any', () => {
    const hybrid = { ...fakeDevice, cpu: { ...fakeDevice.cpu, performanceCores: 6, efficiencyCores: 8 } };
    expect(valueOf(processorFacts(hybrid), 'Efficiency cores')).toBe('8');
    expect(valueOf(processorFacts(fakeDevice), 'Efficiency cores')).toBeUndefined();
    const limited = { ...fakeDevice, memoryLimitBytes: 2 ** 30 };
    expect(valueOf(memoryFacts(limited), 'Limit of the container')).toBe('1.00 GiB');
  });

  it('carries the source of each fact', () => {
    const source = { source: '/proc/cpuinfo', crossCheck: 'differs', detail: 'lscpu says Other' } as const;
    const [model] = processorFacts({ ...fakeDevice, sources: { 'cpu.model': source } });
    expect(model?.source).toBe(source);
    expect(sourceText(source)).toBe('Read from /proc/cpuinfo. A second source says otherwise (lscpu says Other).');
  });
});

it('explains every extension, and names those that the CPU could have', () => {
  for (const extension of isaExtensionSchema.options) expect(extensionWords[extension].words).not.toBe('');
  expect(missingExtensions('x64', ['avx2', 'fma'])).toContain('avx512-vnni');
  expect(missingExtensions('x64', ['avx2'])).not.toContain('neon');
  expect(missingExtensions('arm64', ['neon'])).toContain('neon-dotprod');
});
