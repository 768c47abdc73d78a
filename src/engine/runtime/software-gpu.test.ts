import { expect, test } from 'vitest';
import type { ProviderId } from '#shared/provider.ts';
import { warningsOfSoftwareGpu } from './software-gpu.ts';

const mapsOf = (...libraries: string[]): string =>
  ['/usr/lib/libvulkan.so.1', ...libraries].map((path) => `7f00-7f10 r-xp 0 08:01 1 ${path}`).join('\n');

test.each<[string, ProviderId, string[], boolean]>([
  ['SwiftShader', 'node:webgpu', ['/opt/chromium/libvk_swiftshader.so'], true],
  ['lavapipe', 'node:webgpu', ['/usr/lib/libvulkan_lvp.so'], true],
  [
    'lavapipe beside a driver of a GPU',
    'node:webgpu',
    ['/usr/lib/libvulkan_lvp.so', '/usr/lib/libvulkan_radeon.so'],
    false,
  ],
  ['NVIDIA’s driver', 'node:webgpu', ['/usr/lib/libGLX_nvidia.so.550'], false],
  ['no driver', 'node:webgpu', [], false],
  ['SwiftShader, which the CPU does not use,', 'node:cpu', ['/opt/chromium/libvk_swiftshader.so'], false],
])('%s with %s loaded', (_, provider, libraries, isSoftware) => {
  const warnings = warningsOfSoftwareGpu(provider, () => mapsOf(...libraries));
  expect(warnings.map(({ kind }) => kind)).toEqual(isSoftware ? ['software-gpu'] : []);
});
