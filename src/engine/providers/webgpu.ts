import type { NativeProvider } from './provider.ts';

const drivers: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'no Vulkan driver, or one that is too old, is installed',
  win32: 'no driver with Direct3D 12 is installed',
  darwin: 'Metal offers no device',
};

/** Dawn's native WebGPU, which is built into ONNX Runtime: Vulkan on Linux, Direct3D 12 on Windows, Metal on macOS. */
export const webgpuProvider: NativeProvider = {
  id: 'node:webgpu',
  title: 'WebGPU',
  backend: 'webgpu',
  executionProviders: [{ name: 'webgpu' }],
  failures: [
    {
      mark: /Failed to get a WebGPU adapter|No supported adapters/i,
      explain: () => {
        const why = drivers[process.platform];
        return `WebGPU finds no GPU that it can use${why === undefined ? '' : `: ${why}`}.`;
      },
    },
    {
      mark: /Failed to get a WebGPU device|Device (is|was) lost|VK_ERROR/i,
      explain: (detail) => `A GPU was found, but its driver does not give WebGPU a device: ${detail}`,
    },
  ],
};
