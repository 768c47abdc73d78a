/** Which run each run of an experiment is compared with. */
import { canonicalJson } from '#shared/json.ts';
import type { Run } from '#shared/run.ts';

type Compared = Pick<Run, 'id' | 'provider' | 'settings'>;

/**
 * A run is compared with the run of the plan's first model on the same provider and settings. Those baselines themselves
 * are compared with the first run of the same batch size, so that providers and threads can be told apart too. Across batch
 * sizes nothing is compared: a ratio of times per call would be read as one of times per item.
 * @param runs in the order of the plan: for each provider and setting all models, the first model first
 */
export function baselineOf<R extends Compared>(runs: readonly R[], run: R): R | null {
  const sameCondition = runs.find((other) => conditionOf(other) === conditionOf(run));
  const first = runs.find((other) => other.settings.batchSize === run.settings.batchSize);
  const baseline = sameCondition?.id === run.id ? first : sameCondition;
  return baseline === undefined || baseline.id === run.id ? null : baseline;
}

function conditionOf(run: Compared): string {
  return `${run.provider} ${canonicalJson(run.settings)}`;
}
