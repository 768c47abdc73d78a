/** The machine: hardware facts, each with its source. `null` means unknown, never guessed. */
import { z } from 'zod';

/** ISA extensions that matter for inference, by the names used on screen and in JSON. */
export const isaExtensionSchema = z.enum([
  'sse4.2',
  'f16c',
  'fma',
  'avx',
  'avx2',
  'avx-vnni',
  'avx512f',
  'avx512-vnni',
  'avx512-bf16',
  'avx512-fp16',
  'amx-tile',
  'amx-int8',
  'amx-bf16',
  'neon',
  'neon-dotprod',
  'neon-fp16',
  'neon-bf16',
  'neon-i8mm',
  'sve',
  'sve2',
  'sme',
]);
export type IsaExtension = z.infer<typeof isaExtensionSchema>;

export const gpuSchema = z.object({
  name: z.string(),
  vendor: z.string().nullable(),
  /** Dedicated memory, bytes. */
  memoryBytes: z.number().nullable(),
  driver: z.string().nullable(),
  /** PCI address or another stable id. */
  id: z.string().nullable(),
});

export const deviceSchema = z.object({
  /** 16 hexadecimal digits of a SHA-256 over the stable facts (CPU, extensions, memory, GPUs, OS). */
  fingerprint: z.string(),
  cpu: z.object({
    vendor: z.string().nullable(),
    model: z.string().nullable(),
    architecture: z.string(),
    sockets: z.number().nullable(),
    physicalCores: z.number().nullable(),
    logicalCores: z.number(),
    performanceCores: z.number().nullable(),
    efficiencyCores: z.number().nullable(),
    /** Cores this process may really use (affinity mask, cgroup quota); may be fractional. */
    usableCores: z.number(),
    maxMegahertz: z.number().nullable(),
    extensions: z.array(isaExtensionSchema),
    /** Bytes, summed over the machine; null when unknown. */
    caches: z.object({
      l1dBytes: z.number().nullable(),
      l1iBytes: z.number().nullable(),
      l2Bytes: z.number().nullable(),
      l3Bytes: z.number().nullable(),
    }),
    governor: z.string().nullable(),
  }),
  memoryBytes: z.number(),
  /** The limit of the container or cgroup, when lower than the machine's memory. */
  memoryLimitBytes: z.number().nullable(),
  gpus: z.array(gpuSchema),
  os: z.object({
    platform: z.string(),
    name: z.string().nullable(),
    version: z.string().nullable(),
    kernel: z.string().nullable(),
  }),
  power: z.object({
    source: z.enum(['mains', 'battery', 'unknown']),
    batteryPercent: z.number().nullable(),
  }),
  /** `kvm`, `vmware`, `docker`, …; null when bare metal or unknown. */
  virtualization: z.string().nullable(),
  /** Fact path such as `cpu.model` -> where it was read, and what a second source said. */
  sources: z.record(
    z.string(),
    z.object({
      source: z.string(),
      crossCheck: z.enum(['agrees', 'differs', 'single-source']),
      detail: z.string().nullable(),
    }),
  ),
});
export type Device = z.infer<typeof deviceSchema>;
export type FactSource = Device['sources'][string];
