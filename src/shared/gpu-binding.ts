/** Which GPU a provider's number of a device means, and how that is known. */
import { z } from 'zod';

export const gpuBindingSchema = z.object({
  /** What the provider's option `deviceId` is; null where the provider lets nobody choose. */
  deviceId: z.number().int().nullable(),
  /** Of `device.gpus`: a PCI address or another stable id. */
  gpuId: z.string().nullable(),
  gpuName: z.string(),
  /** `proven`: a session on that number was seen on that GPU. `assumed`: the documented order says so, and nothing showed it. */
  certainty: z.enum(['proven', 'assumed']),
  /** A sentence. */
  evidence: z.string(),
});
export type GpuBinding = z.infer<typeof gpuBindingSchema>;
