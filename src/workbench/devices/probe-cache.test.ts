import { expect, test } from 'vitest';
import type { Environment } from '#shared/experiment.ts';
import type { ProviderId } from '#shared/provider.ts';
import { fakeDevice } from '../../../tests/fakes/fake-device.ts';
import { testEnvironment } from '../../../tests/fakes/test-workbench.ts';
import { createProbeCache, probeKey } from './probe-cache.ts';

const gpu = { name: 'RTX 4090', vendor: 'NVIDIA', memoryBytes: null, driver: '550.1', id: '0000:01:00.0' };
const about = { device: { ...fakeDevice, gpus: [gpu] }, environment: testEnvironment, env: {} };
const web: Environment['web'] = { onnxruntimeWebVersion: '1.30.0', browser: 'Chromium 150' };
const keyOf = (provider: ProviderId, changes: Partial<typeof about> = {}): string =>
  probeKey(provider, { ...about, ...changes });

test.each<[string, ProviderId, Partial<typeof about>, boolean]>([
  ['nothing', 'node:cuda', {}, true],
  ['a driver', 'node:cuda', { device: { ...fakeDevice, gpus: [{ ...gpu, driver: '560.2' }] } }, false],
  ['another machine', 'node:cuda', { device: { ...about.device, fingerprint: 'f' } }, false],
  ['a runtime', 'node:cuda', { environment: { ...testEnvironment, onnxruntimeNodeVersion: '1.31.0' } }, false],
  ['a Vulkan driver that is named', 'node:webgpu', { env: { VK_ICD_FILENAMES: '/icd.json' } }, false],
  ['a variable that decides nothing', 'node:webgpu', { env: { LANG: 'de' } }, true],
  ['a browser, which native providers do not use,', 'node:cpu', { environment: { ...testEnvironment, web } }, true],
  ['a browser', 'web:wasm', { environment: { ...testEnvironment, web } }, false],
])('%s changes, and the outcome for %s holds: %#', (_, provider, changes, isSame) => {
  expect(keyOf(provider, changes) === keyOf(provider)).toBe(isSame);
});

test('what worked is remembered, what failed for ten minutes only', () => {
  const values = new Map<string, string>();
  const meta = {
    get: (key: string) => values.get(key) ?? null,
    set: (key: string, value: string) => void values.set(key, value),
  };
  let nowMs = 1000;
  const open = () => createProbeCache(meta, () => nowMs);
  const usable = { ok: true as const, probeMs: 5, probedAtMs: 1000 };
  const failing = { ok: false as const, reason: 'No GPU.', probedAtMs: 1000 };
  open().save('node:cpu', 'a', usable);
  open().save('node:cuda', 'a', failing);
  expect([open().find('node:cpu', 'a'), open().find('node:cuda', 'a')]).toEqual([usable, failing]);
  expect([open().find('node:cpu', 'b'), open().find('node:webgpu', 'a')]).toEqual([null, null]);
  nowMs += 11 * 60_000;
  expect([open().find('node:cpu', 'a'), open().find('node:cuda', 'a')]).toEqual([usable, null]);
  values.set('provider-probes', 'damaged');
  expect(open().find('node:cpu', 'a')).toBeNull();
});
