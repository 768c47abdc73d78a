/** What of a device decides which recipe suits it. */
import type { IsaExtension } from '../device.ts';
import type { ProviderId } from '../provider.ts';
import type { SuitabilityFacts } from './suitability.ts';

/** Instructions that multiply 8-bit integers and add in 32 bits; the best first. */
const INTEGER_INSTRUCTIONS: readonly { extension: IsaExtension; title: string }[] = [
  { extension: 'amx-int8', title: 'AMX' },
  { extension: 'avx512-vnni', title: 'AVX-512 VNNI' },
  { extension: 'avx-vnni', title: 'AVX-VNNI' },
  { extension: 'neon-i8mm', title: 'int8 matrix products (i8mm)' },
  { extension: 'neon-dotprod', title: 'dot products (dotprod)' },
];
/** Providers that compute in float16 as fast as, or faster than, in float32; the usual choice first. */
const HALF_PROVIDERS: readonly { id: ProviderId; title: string }[] = [
  { id: 'node:tensorrt', title: 'TensorRT' },
  { id: 'node:cuda', title: 'CUDA' },
  { id: 'node:coreml', title: 'Core ML' },
  { id: 'node:dml', title: 'DirectML' },
  { id: 'node:webgpu', title: 'WebGPU' },
  { id: 'web:webgpu', title: 'WebGPU in the browser' },
  { id: 'web:webnn-gpu', title: 'WebNN on the GPU' },
  { id: 'web:webnn-npu', title: 'WebNN on the NPU' },
];

/** By its name; null when the CPU has none, or nothing is known of it. */
export function integerInstructionOf({ extensions }: SuitabilityFacts['cpu']): string | null {
  return INTEGER_INSTRUCTIONS.find(({ extension }) => extensions.includes(extension))?.title ?? null;
}

/** Where 8-bit products saturate, so that weights get 7 bits: x86 with AVX2 but without VNNI. */
export function isWithoutVnni({ extensions }: SuitabilityFacts['cpu']): boolean {
  return extensions.includes('avx2') && integerInstructionOf({ architecture: '', extensions }) === null;
}

export function halfProviderOf({ usableProviders }: SuitabilityFacts): string | null {
  return HALF_PROVIDERS.find(({ id }) => usableProviders?.includes(id))?.title ?? null;
}
