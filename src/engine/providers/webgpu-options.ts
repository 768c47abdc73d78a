/** Options of ONNX Runtime's WebGPU provider that both of its bindings pass on, to Node and to browsers. Runs anywhere. */
import { z } from 'zod';

export const webgpuOptions = {
  preferredLayout: z
    .enum(['NHWC', 'NCHW'])
    .default('NHWC')
    .describe(
      'Memory layout of convolutions: channels last or channels first. Nodes of the other layout are transposed.',
    ),
  validationMode: z
    .enum(['basic', 'full', 'wgpuOnly', 'disabled'])
    .default('basic')
    .describe('How much is checked before each dispatch. Disabled is the fastest, and an error can end the process.'),
  storageBufferCacheMode: z
    .enum(['bucket', 'simple', 'lazyRelease', 'disabled'])
    .default('bucket')
    .describe(
      'How buffers for tensors are kept for reuse: simple keeps exact sizes and can take less memory than bucket.',
    ),
  forceCpuNodeNames: z
    .array(z.string().max(1024))
    .max(256)
    .default([])
    .describe('Names of nodes that run on the CPU although WebGPU could run them.'),
};

/** ONNX Runtime refuses an empty list. */
export function webgpuEntry<Options extends { forceCpuNodeNames: string[] }>({
  forceCpuNodeNames,
  ...options
}: Options) {
  return { name: 'webgpu', ...options, ...(forceCpuNodeNames.length > 0 ? { forceCpuNodeNames } : {}) } as const;
}
