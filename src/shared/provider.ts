import { z } from 'zod';

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
  probedAtMs: z.number().nullable(),
});
export type ProviderStatus = z.infer<typeof providerStatusSchema>;
