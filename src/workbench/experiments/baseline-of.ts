/** Which run each run of an experiment is compared with. */
import { canonicalJson } from '#shared/json.ts';
import type { Run } from '#shared/run.ts';

type Compared = Pick<Run, 'id' | 'provider' | 'settings'>;

/**
 * A run is compared with the run of the plan's first model on the same provider and settings. Those baselines themselves
 * are compared with the very first run, so that providers and settings can be told apart too.
 * @param runs in the order of the plan: for each provider and setting all models, the first model first
 */
export function baselineOf<R extends Compared>(runs: readonly R[], run: R): R | null {
  const sameCondition = runs.find((other) => conditionOf(other) === conditionOf(run));
  const first = runs[0];
  const baseline = sameCondition?.id === run.id ? first : sameCondition;
  return baseline === undefined || baseline.id === run.id ? null : baseline;
}

function conditionOf(run: Compared): string {
  return `${run.provider} ${canonicalJson(run.settings)}`;
}
