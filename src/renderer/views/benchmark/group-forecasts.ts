/** What the models of a plan would run on, those together that run on the same. Pure. */
import type { InputForecast } from '#shared/input-forecast.ts';
import type { Preflight } from '#shared/preflight.ts';

type Group = {
  /** Of models. */
  names: string[];
  inputs: InputForecast[];
  /** Why it would not run on them. */
  refusal: string | null;
};

/** At the first batch size; inputs do not depend on any other setting that a plan varies. */
export function groupForecasts({ cases }: Preflight): { batchSize: number; groups: Group[] } {
  const batchSize = cases[0]?.settings.batchSize ?? 1;
  const groups = new Map<string, Group>();
  const seen = new Set<string>();
  for (const { variantId, name, settings, inputs, findings } of cases) {
    if (settings.batchSize !== batchSize || seen.has(variantId)) continue;
    seen.add(variantId);
    const refusal = findings.find(({ kind }) => kind === 'inputs')?.message ?? null;
    if (refusal === null && inputs.length === 0) continue;
    const key = JSON.stringify([inputs, refusal]);
    const group = groups.get(key) ?? { names: [], inputs, refusal };
    group.names.push(name);
    groups.set(key, group);
  }
  return { batchSize, groups: [...groups.values()] };
}
