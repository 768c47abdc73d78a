import type { Experiment } from '../experiment.ts';
import { countText } from './number-text.ts';

/** A sentence where the results ended an experiment before its time; null where the time did. */
export function earlyEndText({
  status,
  looks = [],
  runs,
  plan,
}: Pick<Experiment, 'status' | 'looks' | 'runs' | 'plan'>): string | null {
  const roundCount = Math.max(0, ...runs.map((run) => run.blockCount));
  if (status !== 'completed' || roundCount === 0 || looks.at(-1) !== roundCount) return null;
  const what =
    plan.latencyBound === undefined ? 'every comparison' : 'every comparison, and every point against the bound,';
  return `Measuring ended before its time, after ${countText(roundCount, 'round')}, because ${what} was decided.`;
}
