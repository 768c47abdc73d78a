/** Where the time of a run goes, in rows: the same in the terminal and in reports. */
import type { DividedTime } from '../operator-profile.ts';
import { countText } from './number-text.ts';

export type OperatorRow = { title: string; nodeCount: number | null; timeMs: number; share: number };

/**
 * @param mostRows operators that are named, those with most time
 * @returns rows that add up to the median: the operators, the rest of them, and what lies outside of all operators
 */
export function operatorRows(time: DividedTime, mostRows: number): OperatorRow[] {
  const providers = new Set(time.operators.map(({ provider }) => provider));
  // A rest of one would take as much room as the one itself.
  const named = time.operators.length <= mostRows + 1 ? time.operators : time.operators.slice(0, mostRows);
  const rest = time.operators.slice(named.length);
  const sum = (valueOf: (item: (typeof rest)[number]) => number): number =>
    rest.reduce((total, item) => total + valueOf(item), 0);
  return [
    ...named.map(({ operator, provider, nodeCount, timeMs, share }) => ({
      title: providers.size > 1 ? `${operator} (${provider.replace(/ExecutionProvider$/, '')})` : operator,
      nodeCount,
      timeMs,
      share,
    })),
    ...(rest.length === 0
      ? []
      : [
          {
            title: countText(rest.length, 'other operator'),
            nodeCount: sum(({ nodeCount }) => nodeCount),
            timeMs: sum(({ timeMs }) => timeMs),
            share: sum(({ share }) => share),
          },
        ]),
    { title: 'outside of operators', nodeCount: null, ...time.unattributed },
  ];
}

/** How the times came about, where that is not plain; null where it is. */
export function scaleText({ scale }: DividedTime): string | null {
  if (scale === 1) return null;
  return `The profiler slowed the nodes beyond the median; their times are scaled by ${scale.toFixed(2)}.`;
}
