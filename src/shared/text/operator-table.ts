/** Where the time of a run goes, and two runs beside each other, as tables: the same in the terminal and in every report. */
import { type AlignedOperators, hasCounterparts } from '../align-operators.ts';
import { formatCount, formatPercent } from '../format.ts';
import type { DividedTime } from '../operator-profile.ts';
import type { Comparison } from '../run.ts';
import { alignedRows, alignedText, NO_COUNTERPARTS } from './aligned-text.ts';
import { msText, NOT_KNOWN } from './number-text.ts';
import { operatorRows } from './operator-text.ts';

export type OperatorTable = { columns: { title: string; unit?: string; isNumber?: boolean }[]; rows: string[][] };

/** @param mostRows operators that are named */
export function operatorTable(time: DividedTime, mostRows: number): OperatorTable {
  return {
    columns: [
      { title: 'Operator' },
      { title: 'Nodes', isNumber: true },
      { title: 'Time', unit: 'ms', isNumber: true },
      { title: 'Share', isNumber: true },
    ],
    rows: operatorRows(time, mostRows).map(({ title, nodeCount, timeMs, share }) => [
      title,
      formatCount(nodeCount),
      msText(timeMs),
      share === null ? NOT_KNOWN : formatPercent(share),
    ]),
  };
}

/**
 * A run beside its baseline, layer by layer.
 * @returns what is to be said of it, and no table where too little of the time has a counterpart
 */
export function alignedTable(
  aligned: AlignedOperators,
  about: { runNumber: number; comparison: Comparison | null; mostRows: number },
): { table: OperatorTable | null; text: string } {
  const { runNumber, comparison, mostRows } = about;
  if (!hasCounterparts(aligned)) return { table: null, text: `${NO_COUNTERPARTS} ${alignedText(aligned, null)}` };
  const time = { title: 'Time', unit: 'ms', isNumber: true };
  return {
    table: {
      columns: [
        { title: 'Layer' },
        { title: 'Baseline' },
        time,
        { title: `Run ${runNumber}` },
        time,
        { title: 'Change', unit: 'ms', isNumber: true },
      ],
      rows: alignedRows(aligned, mostRows).map(({ layer, original, originalMs, compressed, compressedMs, change }) => [
        layer,
        original,
        msText(originalMs),
        compressed,
        msText(compressedMs),
        change,
      ]),
    },
    text: alignedText(aligned, comparison),
  };
}
