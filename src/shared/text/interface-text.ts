import type { ProviderId } from '../provider.ts';
import type { RuntimeInterface } from '../runtime-interface.ts';

export function interfaceText(runtimeInterface: RuntimeInterface, provider: ProviderId): string {
  if (runtimeInterface === 'c') return 'the C interface of ONNX Runtime';
  return provider.startsWith('web:') ? 'onnxruntime-web' : 'onnxruntime-node';
}
