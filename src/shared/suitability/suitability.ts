/** How well a recipe suits a device and a model, and what that is judged by. */
import { z } from 'zod';
import type { Device } from '../device.ts';
import type { ModelInspection } from '../model.ts';
import type { ProviderId } from '../provider.ts';

export const suitabilitySchema = z.object({
  level: z.enum(['recommended', 'possible', 'unlikely']),
  /** Why, a sentence. */
  reason: z.string(),
});
export type Suitability = z.infer<typeof suitabilitySchema>;

export type SuitabilityFacts = {
  cpu: Pick<Device['cpu'], 'architecture' | 'extensions'>;
  /** Null while it is not known which providers work here. */
  usableProviders: readonly ProviderId[] | null;
  /** Null when no model is chosen. */
  model: Pick<ModelInspection, 'operators' | 'opsets' | 'bytesByDtype' | 'macsPerDepthwiseOutput'> | null;
  /** Whether there are inputs to calibrate with; null when no model is chosen. */
  hasData: boolean | null;
};
