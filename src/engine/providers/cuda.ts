import { z } from 'zod';
import { cudaFailures } from './cuda-failures.ts';
import { nvidiaEnvironment, nvidiaOptions } from './nvidia-options.ts';
import { defineProvider } from './provider.ts';

/** CUDA kernels on one NVIDIA GPU. Its library comes with a download of its own. */
export const cudaProvider = defineProvider({
  id: 'node:cuda',
  title: 'CUDA',
  platforms: ['linux'],
  needs: 'An NVIDIA GPU with its driver, CUDA and cuDNN, and ONNX Runtime’s CUDA library.',
  backend: 'cuda',
  options: z.strictObject(nvidiaOptions),
  setUp: (options) => ({
    executionProviders: [{ name: 'cuda', deviceId: options.deviceId }],
    environment: nvidiaEnvironment(options),
  }),
  notOffered:
    'Memory limit, arena strategy, cuDNN’s search for algorithms, NHWC layout and CUDA graphs exist in ONNX Runtime, but onnxruntime-node passes on the number of the device only.',
  ignoredSettings: [],
  library: { linux: 'libonnxruntime_providers_cuda.so' },
  failures: cudaFailures,
});
