/** One way in which a figure may not repeat, with a sentence. */
import { z } from 'zod';

export const stabilityReasonSchema = z.object({ kind: z.string(), message: z.string() });
export type StabilityReason = z.infer<typeof stabilityReasonSchema>;
