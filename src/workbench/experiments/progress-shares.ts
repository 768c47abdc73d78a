/** How far the progress bar of an experiment, without its scenarios, is. */
import type { ExperimentPlan } from '#shared/case.ts';
import { afterwardsSecondsOf } from '#shared/preflight.ts';

/** When the cases are loaded, and when all is measured. */
export const PROGRESS = { loaded: 0.15, measured: 0.9 } as const;

type Plan = Pick<ExperimentPlan, 'timeBudgetSeconds' | 'idleSeconds' | 'idleRepeats' | 'sustainedSeconds'>;

/** @param fraction of the time budget that is gone */
export function progressOfBlocks(plan: Plan, caseCount: number, fraction: number): number {
  const blocksShare = plan.timeBudgetSeconds / (plan.timeBudgetSeconds + caseCount * afterwardsSecondsOf(plan));
  return PROGRESS.loaded + (PROGRESS.measured - PROGRESS.loaded) * blocksShare * fraction;
}

/** While runs after idling and continuous runs are measured. @param doneCases of `caseCount`, a fraction of one included */
export function progressAfterBlocks(plan: Plan, caseCount: number, doneCases: number): number {
  const blocksEnd = progressOfBlocks(plan, caseCount, 1);
  return blocksEnd + (PROGRESS.measured - blocksEnd) * (doneCases / caseCount);
}
