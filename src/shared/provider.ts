import { z } from 'zod';
import { gpuBindingSchema } from './gpu-binding.ts';

export const providerIdSchema = z.enum([
  'node:cpu',
  'node:webgpu',
  'node:cuda',
  'node:tensorrt',
  'node:dml',
  'node:coreml',
  'web:wasm',
  'web:webgpu',
  'web:webgl',
  'web:webnn-cpu',
  'web:webnn-gpu',
  'web:webnn-npu',
]);
export type ProviderId = z.infer<typeof providerIdSchema>;

/** Those of a process: it can use several in turn, where a browser's page belongs to one. */
export const nativeProviderIdSchema = providerIdSchema.extract([
  'node:cpu',
  'node:webgpu',
  'node:cuda',
  'node:tensorrt',
  'node:dml',
  'node:coreml',
]);

/** One provider on this device. `usable` means a tiny model really ran on it, in a process of its own. */
export const providerStatusSchema = z.object({
  id: providerIdSchema,
  title: z.string(),
  status: z.enum(['usable', 'failing', 'unavailable']),
  /** Why it is not usable: a sentence; null when usable. */
  reason: z.string().nullable(),
  /** What to do about it, or what it is good for: a sentence. */
  advice: z.string().nullable(),
  probeMs: z.number().nullable(),
  /** Which GPU each of its numbers means; absent where it has none, or this machine has no GPU. */
  gpus: z.array(gpuBindingSchema).optional(),
  /** When it was tried; null for what cannot be. */
  probedAtMs: z.number().nullable(),
});
export type ProviderStatus = z.infer<typeof providerStatusSchema>;

/** ONNX Runtime's libraries for CUDA and TensorRT, which are a download of their own. */
export const libraryStateSchema = z.object({
  status: z.enum(['installed', 'available', 'unavailable']),
  /** Why they cannot be had here: a sentence; null otherwise. */
  reason: z.string().nullable(),
  version: z.string().nullable(),
  /** On disk; null where they are not. */
  sizeBytes: z.number().nullable(),
  folder: z.string().nullable(),
});
export type LibraryState = z.infer<typeof libraryStateSchema>;

/** What would be downloaded. */
export const libraryDownloadSchema = z.object({
  name: z.string(),
  version: z.string(),
  /** Where from. */
  host: z.string(),
  sizeBytes: z.number(),
  /** Whether the feed names a hash that the download is held against. */
  hasHash: z.boolean(),
  files: z.array(z.string()),
});
export type LibraryDownload = z.infer<typeof libraryDownloadSchema>;
