import { z } from 'zod';
import { fidelitySchema, sha256Schema } from './model.ts';
import { providerIdSchema } from './provider.ts';

/** A share with its 95 % Wilson score interval. */
export const proportionSchema = z.object({
  value: z.number(),
  ciLow: z.number(),
  ciHigh: z.number(),
  count: z.number(),
});
export type Proportion = z.infer<typeof proportionSchema>;

/** Accuracy difference to the reference on the same items, with McNemar's exact test. */
export const pairedSchema = z.object({
  metric: z.literal('top1'),
  /** Candidate minus reference, in share of items. */
  difference: z.number(),
  ciLow: z.number(),
  ciHigh: z.number(),
  onlyReferenceCorrect: z.number(),
  onlyCandidateCorrect: z.number(),
  pValue: z.number(),
  verdict: z.enum(['better', 'worse', 'indistinguishable']),
});
export type Paired = z.infer<typeof pairedSchema>;

/** Quality of a variant on a provider and device: a property of all three, not of the file. */
export const qualitySchema = z.object({
  id: z.string(),
  variantId: sha256Schema,
  provider: providerIdSchema,
  deviceFingerprint: z.string(),
  datasetId: z.string(),
  itemCount: z.number(),
  /** Null where the dataset has no labels. */
  metrics: z.object({ top1: proportionSchema.optional(), top5: proportionSchema.optional() }),
  /** Against the reference; null when the variant is its own reference. */
  referenceId: sha256Schema.nullable(),
  fidelity: fidelitySchema.nullable(),
  paired: pairedSchema.nullable(),
  createdAtMs: z.number(),
  durationMs: z.number(),
});
export type Quality = z.infer<typeof qualitySchema>;
