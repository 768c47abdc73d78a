/** What was changed of a plan, so that it is still there when the user comes back from another view. */
import type { PlanDraft } from './plan-draft.ts';

export type KeptPlan = {
  /** The models that it began with, where the user was sent with some. */
  requestedIds: readonly string[];
  /** Only what was changed: all else follows the library and the machine. */
  changes: Partial<PlanDraft>;
};

const none: KeptPlan = { requestedIds: [], changes: {} };

/** @returns functions over one plan, which is forgotten with the page */
export function createKeptPlan() {
  let kept = none;
  return {
    /** What to begin with. Whoever is sent here with other models begins with those, and with nothing changed. */
    find(requestedIds: readonly string[]): KeptPlan {
      if (requestedIds.length === 0 || requestedIds.join() === kept.requestedIds.join()) return kept;
      return { requestedIds, changes: {} };
    },
    keep(plan: KeptPlan): void {
      kept = plan;
    },
    forget(): void {
      kept = none;
    },
  };
}

export const keptPlan = createKeptPlan();
