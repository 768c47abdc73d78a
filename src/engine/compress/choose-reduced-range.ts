/** Whether 8-bit weights saturate on a CPU, so that 7 bits are better. */
import type { IsaExtension } from '#shared/device.ts';

/**
 * x86 CPUs with AVX2 or AVX-512 but without VNNI multiply unsigned by signed bytes and add pairs in saturating 16 bits
 * (VPMADDUBSW): 255 * 127 * 2 does not fit. VNNI and AMX sum in 32 bits; Arm's dot products do too.
 */
export function saturatesInt8(extensions: readonly IsaExtension[]): boolean {
  const isX86 = extensions.some((extension) => /^(sse|avx|fma|f16c|amx)/.test(extension));
  const sumsWide: readonly IsaExtension[] = ['avx512-vnni', 'avx-vnni', 'amx-int8'];
  return isX86 && !extensions.some((extension) => sumsWide.includes(extension));
}
