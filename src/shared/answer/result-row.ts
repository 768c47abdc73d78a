import { givesTimes } from '../gives-times.ts';
import type { Quality } from '../quality.ts';
import type { Comparison, LatencySummary, Run, SampleBlock } from '../run.ts';

/** One run with everything that is said of it. */
export type ResultRow = {
  /** Counts from 1 within its experiment; tables and charts name a run by it. */
  number: number;
  run: Run;
  blocks: SampleBlock[];
  /** When results were looked at before the end; see `statistics/looks.ts`. */
  looks?: readonly number[];
  /** Of interest, as the plan has it. */
  smallestDifference?: number;
  /** Other runs are compared with it. */
  isBaseline: boolean;
  comparison: (Comparison & { baselineNumber: number }) | null;
  /** Accuracy of its file on its provider and device. */
  quality: Quality | null;
  /** How close its outputs are to those of the first model of the plan, on its provider and device; null where that was not measured. */
  fidelity: Quality | null;
};

export type MeasuredRow = ResultRow & { run: Run & { latencyMs: LatencySummary } };

export function isMeasured(row: ResultRow): row is MeasuredRow {
  return givesTimes(row.run);
}

export function isCompleted(row: ResultRow): row is MeasuredRow {
  return isMeasured(row) && row.run.status === 'completed';
}
