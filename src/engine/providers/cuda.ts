import { cudaFailures } from './cuda-failures.ts';
import type { NativeProvider } from './provider.ts';

/** CUDA kernels on the first NVIDIA GPU. Its library comes with a download of its own. */
export const cudaProvider: NativeProvider = {
  id: 'node:cuda',
  title: 'CUDA',
  backend: 'cuda',
  executionProviders: [{ name: 'cuda', deviceId: 0 }],
  library: { linux: 'libonnxruntime_providers_cuda.so', win32: 'onnxruntime_providers_cuda.dll' },
  failures: cudaFailures,
};
