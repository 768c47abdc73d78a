/** What the ISA extensions do for inference, in words. */
import type { IsaExtension } from '#shared/device.ts';

export type ExtensionWords = { family: 'x86' | 'arm'; words: string };

export const extensionWords: Record<IsaExtension, ExtensionWords> = {
  'sse4.2': { family: 'x86', words: '128-bit vectors: the least that ONNX Runtime’s kernels ask for.' },
  f16c: { family: 'x86', words: 'Converts between float16 and float32 in hardware; arithmetic stays float32.' },
  fma: { family: 'x86', words: 'Multiplies and adds in one instruction: the core of float32 convolution and MatMul.' },
  avx: { family: 'x86', words: '256-bit float vectors.' },
  avx2: { family: 'x86', words: '256-bit integer vectors: the usual ground for float32 and int8 kernels.' },
  'avx-vnni': { family: 'x86', words: 'int8 dot products in 256-bit vectors: int8 models gain without AVX-512.' },
  avx512f: { family: 'x86', words: '512-bit vectors: twice the width of AVX2 for float32.' },
  'avx512-vnni': {
    family: 'x86',
    words:
      'int8 dot products in one instruction. Without it int8 needs three and may overflow 16 bits, which costs accuracy.',
  },
  'avx512-bf16': { family: 'x86', words: 'bfloat16 dot products with float32 sums.' },
  'avx512-fp16': { family: 'x86', words: 'float16 arithmetic in hardware.' },
  'amx-tile': { family: 'x86', words: 'Tile registers for matrix units.' },
  'amx-int8': { family: 'x86', words: 'int8 matrix unit: the fastest int8 MatMul on x86.' },
  'amx-bf16': { family: 'x86', words: 'bfloat16 matrix unit.' },
  neon: { family: 'arm', words: '128-bit vectors.' },
  'neon-dotprod': { family: 'arm', words: 'int8 dot products: what makes int8 models fast on Arm.' },
  'neon-fp16': { family: 'arm', words: 'float16 arithmetic in hardware.' },
  'neon-bf16': { family: 'arm', words: 'bfloat16 dot products.' },
  'neon-i8mm': { family: 'arm', words: 'int8 matrix multiplication: about twice the dot-product rate.' },
  sve: { family: 'arm', words: 'Vectors of a length that the CPU chooses.' },
  sve2: { family: 'arm', words: 'SVE with the integer instructions of NEON.' },
  sme: { family: 'arm', words: 'A matrix unit for outer products.' },
};

/** Those that a CPU of this kind could have and this one has not. */
export function missingExtensions(architecture: string, present: readonly IsaExtension[]): IsaExtension[] {
  const family = architecture.startsWith('arm') || architecture === 'aarch64' ? 'arm' : 'x86';
  return (Object.keys(extensionWords) as IsaExtension[]).filter(
    (extension) => extensionWords[extension].family === family && !present.includes(extension),
  );
}
