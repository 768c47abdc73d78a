/** What CUDA says when it cannot start; TensorRT stands on the same driver and libraries. */
import type { FailureRule } from './provider.ts';

export const cudaFailures: readonly FailureRule[] = [
  {
    // cudaErrorInsufficientDriver
    mark: /CUDA driver version is insufficient|CUDA failure 35\b/i,
    explain: () =>
      'The NVIDIA driver is older than the CUDA version that this ONNX Runtime was built for; install a newer driver.',
  },
  {
    // cudaErrorNoDevice
    mark: /no CUDA-capable device|CUDA failure 100\b/i,
    explain: () => 'CUDA finds no NVIDIA GPU on this machine.',
  },
  {
    // cudaErrorNoKernelImageForDevice
    mark: /no kernel image is available|CUDA failure 209\b/i,
    explain: () => 'This ONNX Runtime contains no CUDA code for the generation of this NVIDIA GPU.',
  },
  {
    // cudaErrorUnsupportedPtxVersion
    mark: /provided PTX was compiled with an unsupported toolchain|CUDA failure 222\b/i,
    explain: () => 'The NVIDIA driver is too old for this ONNX Runtime; install a newer driver.',
  },
  {
    mark: /CUDNN(_STATUS)?_|cudnn/i,
    explain: (detail) => `cuDNN is missing, or not the version that this ONNX Runtime needs: ${detail}`,
  },
];
