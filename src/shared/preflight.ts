/** What can be said of the cases of a plan before they are measured. */
import { z } from 'zod';
import { caseSettingsSchema, type ExperimentPlan } from './case.ts';
import { inputForecastSchema } from './input-forecast.ts';
import { sha256Schema } from './model.ts';
import { providerIdSchema } from './provider.ts';
import { placementSchema } from './run.ts';

/** `fails` is certain: what the runtime itself said, or what the file rules out. */
export const preflightSeveritySchema = z.enum(['info', 'warning', 'fails']);

export const preflightFindingSchema = z.object({
  kind: z.enum([
    'fails',
    'left-to-cpu',
    'operators',
    'element-type',
    'open-dimensions',
    'memory',
    'setting-ignored',
    'threads',
    'assumed-dimension',
    'inputs',
    'not-asked',
  ]),
  severity: preflightSeveritySchema,
  message: z.string(),
});
export type PreflightFinding = z.infer<typeof preflightFindingSchema>;

export const preflightCaseSchema = z.object({
  variantId: sha256Schema,
  name: z.string(),
  provider: providerIdSchema,
  settings: caseSettingsSchema,
  /** The worst of its findings; `ready` without a warning. */
  verdict: z.enum(['ready', 'warning', 'fails']),
  findings: z.array(preflightFindingSchema),
  /** What it would run on; empty where that cannot be made, which a finding says. */
  inputs: z.array(inputForecastSchema),
  /** Where ONNX Runtime itself places the nodes; null where it was not asked. Nothing was run, so shares of time are not known. */
  placement: z.array(placementSchema).nullable(),
  memory: z
    .object({
      weightsBytes: z.number(),
      activationsBytes: z.number(),
      /** `liveness`: the peak of what lives at a time; `weights`: shapes are not known, so as much as the weights was taken. */
      method: z.enum(['liveness', 'weights']),
      neededBytes: z.number(),
      availableBytes: z.number(),
    })
    .nullable(),
});
export type PreflightCase = z.infer<typeof preflightCaseSchema>;

export const preflightSchema = z.object({
  cases: z.array(preflightCaseSchema),
  /** Loading and warm-up included; seconds. */
  estimatedSeconds: z.object({ low: z.number(), high: z.number() }),
});
export type Preflight = z.infer<typeof preflightSchema>;

/** Warm-up ends by itself, at the latest after 3 s. Loading and profiling take longer for large models. */
const LEAST_PER_CASE_SECONDS = 1;
const MOST_PER_CASE_SECONDS = 6;

/** How long an experiment takes, before its models were loaded: who can say more then? */
export function estimateSeconds(plan: {
  caseCount: number;
  timeBudgetSeconds: number;
  /** Of idling and of continuous use, for each case. */
  afterwardsSeconds?: number;
  /** Of scenarios, about the longest, for each case. */
  scenarioSeconds?: number;
}): { low: number; high: number } {
  const { caseCount, timeBudgetSeconds, afterwardsSeconds = 0, scenarioSeconds = 0 } = plan;
  const certain = timeBudgetSeconds + caseCount * afterwardsSeconds;
  return {
    low: certain + caseCount * LEAST_PER_CASE_SECONDS,
    high: certain + caseCount * (MOST_PER_CASE_SECONDS + scenarioSeconds),
  };
}

/** What is measured of each case after its blocks, beside scenarios: it takes as long as the plan says. */
export function afterwardsSecondsOf(
  plan: Pick<ExperimentPlan, 'idleSeconds' | 'idleRepeats' | 'sustainedSeconds'>,
): number {
  return plan.idleRepeats * plan.idleSeconds.reduce((sum, seconds) => sum + seconds, 0) + plan.sustainedSeconds;
}
