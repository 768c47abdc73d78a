import { cudaFailures } from './cuda-failures.ts';
import type { NativeProvider } from './provider.ts';

/** Engines that TensorRT compiles for the first NVIDIA GPU; CUDA runs what TensorRT does not take. */
export const tensorrtProvider: NativeProvider = {
  id: 'node:tensorrt',
  title: 'TensorRT',
  backend: 'tensorrt',
  executionProviders: [
    { name: 'tensorrt', deviceId: 0 },
    { name: 'cuda', deviceId: 0 },
  ],
  library: { linux: 'libonnxruntime_providers_tensorrt.so', win32: 'onnxruntime_providers_tensorrt.dll' },
  failures: [
    {
      mark: /nvinfer|TensorRT.*(version|libnvinfer)/i,
      explain: (detail) =>
        `TensorRT’s libraries are missing, or not the version that this ONNX Runtime needs: ${detail}`,
    },
    ...cudaFailures,
  ],
};
