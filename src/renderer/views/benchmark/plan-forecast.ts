/** What can be said of a plan before it is measured. Pure. */
import { experimentPlanSchema } from '#shared/case.ts';
import { coresOf } from '#shared/cores-of.ts';
import type { Device } from '#shared/device.ts';
import { formatDuration } from '#shared/format.ts';
import { type EstimatedPlan, estimateScenarioSeconds, estimateSeconds } from '#shared/preflight.ts';
import type { ProviderId } from '#shared/provider.ts';
import type { Variant } from '#shared/model.ts';
import { quoteName } from '#shared/text/name-text.ts';
import { countText } from '#shared/text/number-text.ts';
import { scenarioPlanSchema } from '#shared/scenarios/scenario.ts';
import { caseCountOf, parseBatch, parseIdle, parseThreads, type PlanDraft, scenariosOf } from './plan-draft.ts';

/** With less time per case few models get the samples that a verdict needs. */
const LITTLE_PER_CASE_SECONDS = 2;
const IDLE_REPEATS = experimentPlanSchema.shape.idleRepeats.parse(undefined);
const STOP_EARLY = experimentPlanSchema.shape.stopEarly.parse(undefined);

/** `6 cases: 3 models on 2 providers.` */
export function casesText(draft: PlanDraft): string {
  const { variantIds, providers, threads, batches, optimizations, spinnings } = draft;
  const setCount = sum(providers.map((id) => draft.providerOptions[id]?.length ?? 1));
  const parts = [
    countText(variantIds.length, 'model'),
    `on ${countText(providers.length, 'provider')}`,
    ...(threads.length > 1 ? [`with ${threads.length} numbers of threads`] : []),
    ...(batches.length > 1 ? [`at ${batches.length} batch sizes`] : []),
    ...(setCount > providers.length ? [`with ${setCount} sets of options`] : []),
    ...(optimizations.length > 1 ? [`at ${optimizations.length} graph optimisations`] : []),
    ...(spinnings.length > 1 ? [`waiting in ${spinnings.length} ways`] : []),
  ];
  return `${countText(caseCountOf(draft), 'case')}: ${parts.join(' ')}`;
}

/**
 * `Usually 9 s to 38 s with loading and warm-up`, and what scenarios add: who can say more before a model was loaded?
 * @param device as long as it is not known, one core is taken
 */
export function durationText(draft: PlanDraft, device: Device | undefined): string {
  const plan = estimatedPlanOf(draft, device);
  const usual = `Usually ${rangeText(estimateSeconds({ ...plan, scenarios: [] }))} with loading and warm-up`;
  const scenarios = estimateScenarioSeconds(plan);
  return scenarios.high === 0 ? usual : `${usual}, and ${rangeText(scenarios)} more for the scenarios`;
}

function rangeText(seconds: { low: number; high: number }): string {
  const low = formatDuration(seconds.low * 1000);
  const high = formatDuration(seconds.high * 1000);
  return low === high ? low : `${low} to ${high}`;
}

/** Nothing for scenarios that cannot be started. */
function estimatedPlanOf(draft: PlanDraft, device: Device | undefined): EstimatedPlan {
  const { providers, providerOptions, sustainedSeconds, compareArena, timeBudgetSeconds } = draft;
  const setsOf = (id: ProviderId): number => providerOptions[id]?.length ?? 1;
  const perSet = caseCountOf(draft) / Math.max(1, sum(providers.map(setsOf)));
  return {
    timeBudgetSeconds: timeBudgetSeconds ?? 0,
    stopEarly: STOP_EARLY,
    idleSeconds: draft.idleSeconds.map((text) => parseIdle(text) ?? 0),
    idleRepeats: IDLE_REPEATS,
    sustainedSeconds,
    compareArena,
    scenarios: scenariosOf(draft).flatMap((scenario) => scenarioPlanSchema.safeParse(scenario).data ?? []),
    caseProviders: providers.flatMap((id) => Array.from({ length: perSet * setsOf(id) }, () => id)),
    batchCount: Math.max(1, draft.batches.length),
    coreCount: device === undefined ? 1 : coresOf(device),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Enough for every case, in seconds. */
export function budgetFor(draft: PlanDraft): number {
  return Math.max(20, 5 * caseCountOf(draft));
}

/** What a user should know before starting; nothing here prevents it. */
export function foresee(
  draft: PlanDraft,
  about: { variants: readonly Variant[]; device: Device | undefined },
): string[] {
  const { variants, device } = about;
  const count = caseCountOf(draft);
  const perCase = count === 0 ? Number.POSITIVE_INFINITY : (draft.timeBudgetSeconds ?? 0) / count;
  const batches = draft.batches.flatMap((text) => parseBatch(text) ?? []);
  const threads = Math.max(0, ...draft.threads.map((text) => parseThreads(text) ?? 0));
  const usableCores = device === undefined ? null : Math.ceil(device.cpu.usableCores);
  return [
    ...(perCase < LITTLE_PER_CASE_SECONDS
      ? [
          `That leaves ${Number(perCase.toFixed(1))} s for each case, which may be too short to tell differences from noise.`,
        ]
      : []),
    ...variants.flatMap((variant) => fixedBatchText(variant, batches)),
    ...(usableCores !== null && threads > usableCores
      ? [
          `${threads} threads are more than the ${countText(usableCores, 'core')} that can be used here: they will wait for one another.`,
        ]
      : []),
    ...(count === 1 && Object.keys(draft.scenarios).length === 0
      ? ['With one model measured in one way nothing is compared.']
      : []),
  ];
}

function fixedBatchText({ name, inspection }: Variant, batches: readonly number[]): string[] {
  const fixed = inspection.inputs.map(({ shape }) => shape?.[0]).find((size) => typeof size === 'number');
  const hasOpen = inspection.inputs.some(
    ({ shape }) => shape === null || typeof shape[0] === 'string' || shape[0] === null,
  );
  const refused = batches.filter((batch) => batch > 1 && batch !== fixed);
  if (fixed === undefined || hasOpen || refused.length === 0) return [];
  return [`${quoteName(name)} has a fixed batch of ${fixed} and cannot be run at ${refused.join(', ')}.`];
}
