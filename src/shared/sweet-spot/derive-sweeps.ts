/** The cases of an experiment, each model on each provider by itself, and the sweet spot among them. */
import { type MeasuredRow, type ResultRow, isCompleted } from '../answer/result-row.ts';
import type { Device } from '../device.ts';
import type { LatencyBound } from '../latency-bound.ts';
import { findSweetSpot, type JudgedPoint, type SweetSpot } from './find-sweet-spot.ts';
import { sweepPointOf } from './sweep-point.ts';

export type Sweep = {
  model: MeasuredRow['run']['model'];
  provider: MeasuredRow['run']['provider'];
  bound: LatencyBound | null;
  /** In the order of the plan. */
  points: JudgedPoint[];
  sweetSpot: SweetSpot;
  /** Cases of it without a complete result. */
  unfinishedCount: number;
};

/** @returns nothing of a model that was measured in one way only, unless there is a bound to hold */
export function deriveSweeps(
  rows: readonly ResultRow[],
  about: { bound: LatencyBound | null; device: Device },
): Sweep[] {
  const { bound, device } = about;
  return [...Map.groupBy(rows, ({ run }) => `${run.model.sha256} ${run.provider}`).values()].flatMap((group) => {
    const completed = group.filter(isCompleted);
    const [first] = completed;
    if (first === undefined || (bound === null && completed.length < 2)) return [];
    const statistic = bound?.statistic ?? 'median';
    return [
      {
        model: first.run.model,
        provider: first.run.provider,
        bound,
        ...findSweetSpot(
          completed.map((row) => sweepPointOf(row, { statistic, device })),
          bound,
        ),
        unfinishedCount: group.length - completed.length,
      },
    ];
  });
}
