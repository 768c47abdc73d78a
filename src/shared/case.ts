/** A case: variant x provider x settings. An experiment's plan expands to cases. */
import { z } from 'zod';
import { sha256Schema } from './model.ts';
import { providerIdSchema } from './provider.ts';

export const caseSettingsSchema = z.object({
  /** Threads inside one operator; 0 lets ONNX Runtime choose (one per physical core). */
  intraOpThreads: z.number().int().min(0).max(1024).default(0),
  interOpThreads: z.number().int().min(0).max(1024).default(1),
  batchSize: z.number().int().min(1).max(65536).default(1),
  graphOptimization: z.enum(['disabled', 'basic', 'extended', 'all']).default('all'),
  executionMode: z.enum(['sequential', 'parallel']).default('sequential'),
  cpuArena: z.boolean().default(true),
  memoryPattern: z.boolean().default(true),
  /** Values for symbolic dimensions other than the batch, by name. */
  dimensions: z.record(z.string(), z.number().int().min(1)).default({}),
});
export type CaseSettings = z.infer<typeof caseSettingsSchema>;

export const experimentPlanSchema = z.object({
  name: z.string().max(120).optional(),
  /** The first is the baseline. */
  variantIds: z.array(sha256Schema).min(1).max(32),
  providers: z.array(providerIdSchema).min(1),
  intraOpThreads: z.array(caseSettingsSchema.shape.intraOpThreads.unwrap()).min(1).default([0]),
  batchSizes: z.array(caseSettingsSchema.shape.batchSize.unwrap()).min(1).default([1]),
  settings: caseSettingsSchema.omit({ intraOpThreads: true, batchSize: true }).prefault({}),
  /** Measuring time for the whole experiment, seconds, loading and warm-up excluded. */
  timeBudgetSeconds: z.number().min(1).max(86_400).default(20),
  /** End earlier when every comparison is decided; the time stays the limit. */
  stopEarly: z.boolean().default(true),
  /** A comparison is also decided when half of its 95 % interval is at most this share: 0.005 is ± 0.5 %. */
  precision: z.number().min(0.0005).max(0.5).default(0.005),
  /** Seeds inputs and the order of blocks; drawn when absent, and recorded. */
  seed: z.number().int().min(0).max(0xffff_ffff).optional(),
  /** The experiment that this one repeats. */
  reproduces: z.string().optional(),
  /** Measure placement and time share per provider in a separate profiled pass. */
  profile: z.boolean().default(true),
});
export type ExperimentPlan = z.infer<typeof experimentPlanSchema>;
export type ExperimentPlanInput = z.input<typeof experimentPlanSchema>;

export type Case = {
  variantId: string;
  provider: ExperimentPlan['providers'][number];
  settings: CaseSettings;
};

/** Every combination, baseline variant first within each provider and setting. */
export function expandPlan(plan: ExperimentPlan): Case[] {
  return plan.providers.flatMap((provider) =>
    plan.intraOpThreads.flatMap((intraOpThreads) =>
      plan.batchSizes.flatMap((batchSize) =>
        plan.variantIds.map((variantId) => ({
          variantId,
          provider,
          settings: { ...plan.settings, intraOpThreads, batchSize },
        })),
      ),
    ),
  );
}
