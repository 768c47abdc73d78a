/** The facts of the machine that runs the tests, against what the system's own tools say of it. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Device, deviceSchema } from '../../src/shared/device.ts';
import { createRealHost } from '../fakes/real-engine.ts';

const host = createRealHost();
let device: Device;
beforeAll(async () => {
  device = await host.call('device.detect', {});
});
afterAll(() => host.close());

test('has the shape that everything else relies on', () => {
  expect(deviceSchema.parse(device)).toEqual(device);
  expect(device.fingerprint).toMatch(/^[\da-f]{16}$/);
});

test('agrees with what Node knows', () => {
  expect(device.os.platform).toBe(process.platform);
  expect(device.cpu.architecture).toBe(process.arch);
  expect(device.cpu.logicalCores).toBe(cpus().length);
  expect(device.memoryBytes).toBe(totalmem());
  // Node rounds a quota to whole cores.
  expect(Math.abs(device.cpu.usableCores - availableParallelism())).toBeLessThan(1);
  expect(device.cpu.physicalCores ?? 1).toBeLessThanOrEqual(device.cpu.logicalCores);
});

test('every known fact has its source, and a contradiction is told', () => {
  const { caches, architecture: _architecture, extensions: _extensions, ...cpu } = device.cpu;
  const known = [
    ...Object.entries(cpu).map(([name, value]) => [`cpu.${name}`, value]),
    ...Object.entries(caches).map(([name, value]) => [`cpu.caches.${name}`, value]),
    ['memoryBytes', device.memoryBytes],
    ['virtualization', device.virtualization],
  ].filter(([, value]) => value !== null);
  expect(Object.keys(device.sources)).toEqual(expect.arrayContaining(known.map(([path]) => path)));
  const untold = Object.values(device.sources).filter(
    ({ crossCheck, detail }) => crossCheck === 'differs' && detail === null,
  );
  expect(untold).toEqual([]);
});

test.runIf(process.platform === 'linux' && process.arch === 'x64')('names the extensions that the CPU has', () => {
  const flags = execFileSync('grep', ['-m1', '^flags', '/proc/cpuinfo'], { encoding: 'utf8' }).split(/\s+/);
  const names = { avx2: 'avx2', avx512_vnni: 'avx512-vnni', amx_int8: 'amx-int8', avx_vnni: 'avx-vnni' } as const;
  const extensions = Object.values(names);
  expect(extensions.filter((extension) => device.cpu.extensions.includes(extension))).toEqual(
    Object.entries(names)
      .filter(([flag]) => flags.includes(flag))
      .map(([, extension]) => extension),
  );
});

test('is the same machine when it is asked again', async () => {
  expect((await host.call('device.detect', {})).fingerprint).toBe(device.fingerprint);
});

test.runIf(process.platform === 'linux')('is known without ONNX Runtime', async () => {
  const engine = await host.start();
  await engine.request('device.detect', {}, { silenceLimitMs: 60_000 });
  const maps = readFileSync(`/proc/${engine.pid}/maps`, 'utf8');
  expect(maps).toContain('libc');
  expect(maps).not.toContain('onnxruntime');
  await engine.kill();
});
