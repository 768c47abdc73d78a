/** What can be chosen for NVIDIA GPUs: CUDA and TensorRT are registered by the number of a device, and their libraries read variables. */
import { z } from 'zod';

export const nvidiaOptions = {
  deviceId: z
    .int()
    .min(0)
    .max(15)
    .default(0)
    .describe('Number of the GPU, counted in the order of the PCI bus, as nvidia-smi counts.'),
  tf32: z
    .boolean()
    .default(true)
    .describe(
      'Lets tensor cores of Ampere and newer GPUs round float32 to ten bits of mantissa: faster, and slightly other results. Off sets NVIDIA_TF32_OVERRIDE=0.',
    ),
};

/**
 * By itself CUDA counts the fastest GPU first; in the order of the bus a number means the same GPU for nvidia-smi and for ONNX Runtime.
 * Source: https://docs.nvidia.com/cuda/cuda-c-programming-guide/ (CUDA environment variables)
 */
export function nvidiaEnvironment({ tf32 }: { tf32: boolean }): Record<string, string> {
  return { CUDA_DEVICE_ORDER: 'PCI_BUS_ID', ...(tf32 ? {} : { NVIDIA_TF32_OVERRIDE: '0' }) };
}
