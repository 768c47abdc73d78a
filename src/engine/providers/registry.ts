/** The providers of onnxruntime-node: a new one is its file and a line here. */
import { AppError } from '#shared/app-error.ts';
import type { ProviderId } from '#shared/provider.ts';
import { coremlProvider } from './coreml.ts';
import { cpuProvider } from './cpu.ts';
import { cudaProvider } from './cuda.ts';
import { dmlProvider } from './dml.ts';
import type { NativeProvider, NativeProviderId } from './provider.ts';
import { tensorrtProvider } from './tensorrt.ts';
import { webgpuProvider } from './webgpu.ts';

const providers: Record<NativeProviderId, NativeProvider> = {
  'node:cpu': cpuProvider,
  'node:webgpu': webgpuProvider,
  'node:cuda': cudaProvider,
  'node:tensorrt': tensorrtProvider,
  'node:dml': dmlProvider,
  'node:coreml': coremlProvider,
};

/** Errors: `unsupported` for a provider of onnxruntime-web, which runs in a browser only. */
export function nativeProvider(id: ProviderId): NativeProvider {
  if (id in providers) return providers[id as NativeProviderId];
  throw new AppError(
    'unsupported',
    `${id} runs in a browser and not in a native engine process, which has ${Object.keys(providers).join(', ')}.`,
  );
}
