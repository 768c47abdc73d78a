/** What can be said of the cases of a plan before they are measured. */
import { z } from 'zod';
import { caseSettingsSchema, type ExperimentPlan } from './case.ts';
import { inputForecastSchema } from './input-forecast.ts';
import { sha256Schema } from './model.ts';
import { type ProviderId, providerIdSchema } from './provider.ts';
import { planRounds } from './round-plan.ts';
import { placementSchema } from './run.ts';
import { scenarioRange } from './scenarios/scenario.ts';
import { lookSchedule } from './statistics/looks.ts';
import { isWebProvider } from './web-engine-protocol.ts';

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
const PER_CASE_SECONDS = { low: 1, high: 6 };
/** A browser of its own is started for each. */
const PER_CASE_IN_BROWSER_SECONDS = { low: 1, high: 12 };
/** Of a process that loads the case once more, and runs it once. */
const ARENA_SECONDS = { low: 0.3, high: 3 };

/** Slower runs have fewer rounds in the same time, and the first look comes later in it. */
const QUICK_RUN_MS = 1;

type Range = { low: number; high: number };

export type EstimatedPlan = Pick<
  ExperimentPlan,
  'timeBudgetSeconds' | 'stopEarly' | 'idleSeconds' | 'idleRepeats' | 'sustainedSeconds' | 'compareArena' | 'scenarios'
> & {
  /** The provider of each case. */
  caseProviders: readonly ProviderId[];
  batchCount: number;
  coreCount: number;
};

/** How long an experiment takes with its scenarios, before its models were loaded: who can say more then? */
export function estimateSeconds(plan: EstimatedPlan): Range {
  const { caseProviders, timeBudgetSeconds } = plan;
  const inBrowser = caseProviders.filter(isWebProvider).length;
  const compared = plan.compareArena ? caseProviders.filter((id) => id === 'node:cpu').length : 0;
  const afterwards = caseProviders.length * afterwardsSecondsOf(plan);
  return sumOf([
    { low: leastMeasuringSeconds(plan) + afterwards, high: timeBudgetSeconds + afterwards },
    times(caseProviders.length - inBrowser, PER_CASE_SECONDS),
    times(inBrowser, PER_CASE_IN_BROWSER_SECONDS),
    times(compared, ARENA_SECONDS),
    estimateScenarioSeconds(plan),
  ]);
}

/** Scenarios alone. What a provider cannot do takes no time, and of cases that differ by their batch alone one has offline. */
export function estimateScenarioSeconds(plan: EstimatedPlan): Range {
  const native = plan.caseProviders.filter((id) => !isWebProvider(id)).length;
  return sumOf(
    plan.scenarios.map((scenario) => {
      const range = scenarioRange(scenario, plan.coreCount);
      switch (scenario.kind) {
        case 'single-stream':
        case 'multi-stream':
          return times(plan.caseProviders.length, range);
        case 'offline':
          return times(Math.ceil(native / plan.batchCount), range);
        case 'server':
          return times(native, range);
      }
    }),
  );
}

/** Where there is something to compare, and all of it is decided at the first look: after 12 of the planned rounds. */
function leastMeasuringSeconds({ caseProviders, timeBudgetSeconds, stopEarly, batchCount }: EstimatedPlan): number {
  if (!stopEarly || caseProviders.length <= batchCount) return timeBudgetSeconds;
  const { roundCount } = planRounds({
    budgetMs: timeBudgetSeconds * 1000,
    runMs: caseProviders.map(() => QUICK_RUN_MS),
  });
  return timeBudgetSeconds * Math.min(1, (lookSchedule[0] as number) / roundCount);
}

function times(count: number, { low, high }: Range): Range {
  return { low: count * low, high: count * high };
}

function sumOf(ranges: readonly Range[]): Range {
  return ranges.reduce((sum, { low, high }) => ({ low: sum.low + low, high: sum.high + high }), { low: 0, high: 0 });
}

/** What is measured of each case after its blocks, beside scenarios: it takes as long as the plan says. */
export function afterwardsSecondsOf(
  plan: Pick<ExperimentPlan, 'idleSeconds' | 'idleRepeats' | 'sustainedSeconds'>,
): number {
  return plan.idleRepeats * plan.idleSeconds.reduce((sum, seconds) => sum + seconds, 0) + plan.sustainedSeconds;
}
