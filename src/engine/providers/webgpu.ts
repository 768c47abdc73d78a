import { z } from 'zod';
import { defineProvider } from './provider.ts';
import { webgpuEntry, webgpuOptions } from './webgpu-options.ts';

const drivers: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'no Vulkan driver, or one that is too old, is installed',
  win32: 'no driver with Direct3D 12 is installed',
  darwin: 'Metal offers no device',
};

/** Dawn's native WebGPU, which is built into ONNX Runtime: Vulkan on Linux, Direct3D 12 on Windows, Metal on macOS. */
export const webgpuProvider = defineProvider({
  id: 'node:webgpu',
  title: 'WebGPU',
  platforms: ['linux', 'darwin', 'win32'],
  needs: 'A GPU with a current driver: Vulkan on Linux, Direct3D 12 on Windows, Metal on macOS.',
  backend: 'webgpu',
  options: z.strictObject({
    ...webgpuOptions,
    enableRobustness: z
      .boolean()
      .default(false)
      .describe('Keeps shaders from reading and writing outside of their buffers, at some cost.'),
  }),
  setUp: (options) => ({ executionProviders: [webgpuEntry(options)] }),
  notOffered:
    'The choice of the GPU, power preference, graph capture and int64 exist in ONNX Runtime, but onnxruntime-node refuses them. The caches of its other buffers could be set, but with “bucket” for uniforms ONNX Runtime 1.30 computed wrongly.',
  ignoredSettings: [],
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
});
