/** What can be said of a plan before it is measured. Pure. */
import type { Device } from '#shared/device.ts';
import { formatDuration } from '#shared/format.ts';
import type { Variant } from '#shared/model.ts';
import { quoteName } from '#shared/text/name-text.ts';
import { countText } from '#shared/text/number-text.ts';
import { caseCountOf, parseBatch, parseThreads, type PlanDraft } from './plan-draft.ts';

/** Warm-up ends by itself, at the latest after 3 s. Loading and profiling take longer for large models. */
const LEAST_PER_CASE_SECONDS = 1;
const MOST_PER_CASE_SECONDS = 6;
/** With less time per case few models get the samples that a verdict needs. */
const LITTLE_PER_CASE_SECONDS = 2;

/** `6 cases: 3 models on 2 providers.` */
export function casesText({ variantIds, providers, threads, batches }: PlanDraft): string {
  const parts = [
    countText(variantIds.length, 'model'),
    `on ${countText(providers.length, 'provider')}`,
    ...(threads.length > 1 ? [`with ${threads.length} numbers of threads`] : []),
    ...(batches.length > 1 ? [`at ${batches.length} batch sizes`] : []),
  ];
  const count = variantIds.length * providers.length * threads.length * batches.length;
  return `${countText(count, 'case')}: ${parts.join(' ')}`;
}

/** `Usually 23 s to 38 s`: who can say more before a model was loaded? */
export function durationText(draft: PlanDraft): string {
  const count = caseCountOf(draft);
  const measuring = draft.timeBudgetSeconds ?? 0;
  const low = formatDuration((measuring + count * LEAST_PER_CASE_SECONDS) * 1000);
  const high = formatDuration((measuring + count * MOST_PER_CASE_SECONDS) * 1000);
  return low === high ? `Usually ${low}` : `Usually ${low} to ${high}`;
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
          `That leaves ${formatDuration(perCase * 1000)} for each case, which may be too short to tell differences from noise.`,
        ]
      : []),
    ...variants.flatMap((variant) => fixedBatchText(variant, batches)),
    ...(usableCores !== null && threads > usableCores
      ? [
          `${threads} threads are more than the ${countText(usableCores, 'core')} that can be used here: they will wait for one another.`,
        ]
      : []),
    ...(draft.variantIds.length === 1 && draft.providers.length === 1
      ? ['With one model on one provider nothing is compared.']
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
