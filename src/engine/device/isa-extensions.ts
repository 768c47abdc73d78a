/** The extensions that matter for inference, under the names that each system gives them. */
import { type IsaExtension, isaExtensionSchema } from '#shared/device.ts';

/** Linux: `flags` (x86) and `Features` (Arm) of /proc/cpuinfo. Source: arch/{x86,arm64} of the kernel. */
const byLinuxFlag: Record<string, IsaExtension> = {
  sse4_2: 'sse4.2',
  f16c: 'f16c',
  fma: 'fma',
  avx: 'avx',
  avx2: 'avx2',
  avx_vnni: 'avx-vnni',
  avx512f: 'avx512f',
  avx512_vnni: 'avx512-vnni',
  avx512_bf16: 'avx512-bf16',
  avx512_fp16: 'avx512-fp16',
  amx_tile: 'amx-tile',
  amx_int8: 'amx-int8',
  amx_bf16: 'amx-bf16',
  neon: 'neon',
  asimd: 'neon',
  asimddp: 'neon-dotprod',
  asimdhp: 'neon-fp16',
  bf16: 'neon-bf16',
  i8mm: 'neon-i8mm',
  sve: 'sve',
  sve2: 'sve2',
  sme: 'sme',
};

/** macOS: names of `sysctl` that are 1. Source: https://developer.apple.com/documentation/kernel/1387446-sysctlbyname */
const bySysctl: Record<string, IsaExtension> = {
  'hw.optional.neon': 'neon',
  'hw.optional.AdvSIMD': 'neon',
  'hw.optional.arm.AdvSIMD': 'neon',
  'hw.optional.arm.FEAT_DotProd': 'neon-dotprod',
  'hw.optional.arm.FEAT_FP16': 'neon-fp16',
  'hw.optional.arm.FEAT_BF16': 'neon-bf16',
  'hw.optional.arm.FEAT_I8MM': 'neon-i8mm',
  'hw.optional.arm.FEAT_SME': 'sme',
  'hw.optional.sse4_2': 'sse4.2',
  'hw.optional.f16c': 'f16c',
  'hw.optional.fma': 'fma',
  'hw.optional.avx1_0': 'avx',
  'hw.optional.avx2_0': 'avx2',
  'hw.optional.avx512f': 'avx512f',
  'hw.optional.avx512vnni': 'avx512-vnni',
};

/** Windows: what `IsProcessorFeaturePresent` can be asked. Source: winnt.h, PF_… */
export const windowsFeatures: Record<number, IsaExtension> = {
  19: 'neon',
  38: 'sse4.2',
  39: 'avx',
  40: 'avx2',
  41: 'avx512f',
  43: 'neon-dotprod',
};

export const extensionsOfLinuxFlags = (flags: Iterable<string>): IsaExtension[] => collect(flags, byLinuxFlag);

/** @param facts names and values as `sysctl` prints them */
export function extensionsOfSysctl(facts: ReadonlyMap<string, string>): IsaExtension[] {
  const present = [...facts].filter(([, value]) => value === '1').map(([name]) => name);
  return collect(present, bySysctl);
}

export const extensionsOfWindows = (features: Iterable<number>): IsaExtension[] => collect(features, windowsFeatures);

/** What the levels of the x86-64 psABI contain, of the extensions that we name. */
const levels: Record<number, IsaExtension[]> = { 3: ['f16c', 'fma', 'avx', 'avx2'], 4: ['avx512f'] };

/**
 * What the dynamic linker of glibc finds by CPUID itself, without the kernel. A level that it does not support can lack anything, so
 * only what it vouches for is told.
 * @param text what `ld.so --help` prints
 * @returns empty when it supports neither level 3 nor 4, or tells nothing
 */
export function parseLinkerLevels(text: string): IsaExtension[] {
  return Object.entries(levels).flatMap(([level, extensions]) =>
    new RegExp(`^\\s*x86-64-v${level} \\(supported\\b`, 'm').test(text) ? extensions : [],
  );
}

/** In the order of the schema, so that equal sets are equal lists. */
function collect<Key extends string | number>(
  present: Iterable<Key>,
  names: Partial<Record<Key, IsaExtension>>,
): IsaExtension[] {
  const found = new Set([...present].map((key) => names[key]));
  return isaExtensionSchema.options.filter((extension) => found.has(extension));
}
