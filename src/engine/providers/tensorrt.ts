import { z } from 'zod';
import { cudaFailures } from './cuda-failures.ts';
import { nvidiaEnvironment, nvidiaOptions } from './nvidia-options.ts';
import { defineProvider } from './provider.ts';

/** Engines that TensorRT compiles for one NVIDIA GPU; CUDA runs what TensorRT does not take. */
export const tensorrtProvider = defineProvider({
  id: 'node:tensorrt',
  title: 'TensorRT',
  platforms: ['linux'],
  needs: 'Everything that CUDA needs, and NVIDIA’s TensorRT libraries on the library path.',
  backend: 'tensorrt',
  options: z.strictObject(nvidiaOptions),
  setUp: (options) => ({
    executionProviders: [
      { name: 'tensorrt', deviceId: options.deviceId },
      { name: 'cuda', deviceId: options.deviceId },
    ],
    environment: nvidiaEnvironment(options),
  }),
  notOffered:
    'float16, int8, workspace, engine cache and timing cache exist in ONNX Runtime, but onnxruntime-node passes on the number of the device only, and ONNX Runtime then reads no ORT_TENSORRT_* variables either. Convert the model with the pass float16 instead.',
  ignoredSettings: [],
  library: { linux: 'libonnxruntime_providers_tensorrt.so' },
  failures: [
    {
      mark: /nvinfer|TensorRT.*(version|libnvinfer)/i,
      explain: (detail) =>
        `TensorRT’s libraries are missing, or not the version that this ONNX Runtime needs: ${detail}`,
    },
    ...cudaFailures,
  ],
});
