/** Where the time of each run goes, as every report for people tells it. */
import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import { isCompleted, type ResultRow } from '#shared/answer/result-row.ts';
import { alignedTable, type OperatorTable, operatorTable } from '#shared/text/operator-table.ts';
import { scaleText } from '#shared/text/operator-text.ts';
import type { ReportContent } from './report-content.ts';

const MOST_OPERATORS = 6;
const MOST_LAYERS = 8;

export const OPERATORS_CAPTION = 'Parts of the median latency, from a profiled session after measuring.';

export type TimeTables = {
  row: ResultRow;
  operators: OperatorTable;
  /** How the times came about, where that is not plain. */
  remark: string | null;
  /** Beside its baseline; null for the baseline itself and where either was not profiled. */
  layers: ReturnType<typeof alignedTable> | null;
};

/** Of the runs that were profiled, in the order of the plan. */
export function timeTables(
  { rows }: ExperimentResults,
  { operatorsByRunId, alignedByRunId }: ReportContent,
): TimeTables[] {
  return rows.filter(isCompleted).flatMap((row) => {
    const time = operatorsByRunId?.get(row.run.id);
    if (time === undefined) return [];
    const aligned = alignedByRunId?.get(row.run.id);
    const { number, comparison } = row;
    return [
      {
        row,
        operators: operatorTable(time, MOST_OPERATORS),
        remark: scaleText(time),
        layers:
          aligned === undefined
            ? null
            : alignedTable(aligned, { runNumber: number, comparison, mostRows: MOST_LAYERS }),
      },
    ];
  });
}
