import { expect, test } from 'vitest';
import type { Device } from '#shared/device.ts';
import { type ProviderId, providerIdSchema } from '#shared/provider.ts';
import { fakeDevice } from '../../../tests/fakes/fake-device.ts';
import { deviceName } from './machine.ts';
import { allProviders } from './provider-facts.ts';

const nvidia = { name: 'RTX 4090', vendor: 'NVIDIA', memoryBytes: null, driver: null, id: null };
const intel = { ...nvidia, name: 'UHD 770', vendor: 'Intel' };
const machine = (platform: string, gpus: Device['gpus']): Device => ({
  ...fakeDevice,
  gpus,
  os: { ...fakeDevice.os, platform },
});

test.each<[ProviderId, Device, RegExp | null]>([
  ['node:cpu', machine('linux', []), null],
  ['node:webgpu', machine('linux', []), null],
  ['node:cuda', machine('linux', [nvidia]), null],
  ['node:cuda', machine('linux', []), null],
  ['node:cuda', machine('linux', [intel]), /needs an NVIDIA GPU; this machine has UHD 770/],
  ['node:tensorrt', machine('darwin', [nvidia]), /exists on Linux and Windows only; this machine runs macOS/],
  ['node:dml', machine('linux', [nvidia]), /exists on Windows only/],
  ['node:coreml', machine('darwin', []), null],
  ['web:wasm', machine('linux', []), null],
])('%s on a machine', (id, device, obstacle) => {
  const found = allProviders.find((provider) => provider.id === id)?.findObstacle(device);
  expect(found ?? 'nothing').toMatch(obstacle ?? /^nothing$/);
});

test('every provider is listed once, in one order', () => {
  expect(allProviders.map(({ id }) => id)).toEqual(providerIdSchema.options);
});

test('a device is called by its CPU and cores', () => {
  expect(deviceName(fakeDevice)).toBe('Fake CPU, 2 cores');
});
