/** Where the time of a run goes, in rows: the same in the terminal and in reports. */
import type { DividedTime } from '../operator-profile.ts';
import { countText, msText } from './number-text.ts';

export type OperatorRow = { title: string; nodeCount: number | null; timeMs: number | null; share: number | null };

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
    {
      title: 'outside of operators',
      nodeCount: null,
      timeMs: time.unattributed?.timeMs ?? null,
      share: time.unattributed?.share ?? null,
    },
  ];
}

/** Profiled runs that take so little longer need no remark. */
const WORTH_A_REMARK = 0.99;

/** How the times came about, where that is not plain; null where it is. */
export function scaleText({ medianMs, profiledRunMs, overlap, unattributed }: DividedTime): string | null {
  if (unattributed === null) {
    return 'The kernels together took longer than the runs, so some ran at the same time: their times are scaled to add up to the median, and what lies outside of them is not known. Runs that are measured now record it.';
  }
  const sentences: string[] = [];
  if (medianMs / profiledRunMs < WORTH_A_REMARK) {
    sentences.push(
      `Profiled runs took ${msText(profiledRunMs)} ms instead of ${msText(medianMs)} ms, because of the profiler or other load, so all times are scaled down in proportion.`,
    );
    if (unattributed.mostMs - unattributed.leastMs > 0.01 * medianMs) {
      sentences.push(
        `Outside of operators lie at least ${msText(unattributed.leastMs)} ms and at most ${msText(unattributed.mostMs)} ms: the profiler’s own cost can lie within them or between them.`,
      );
    }
  }
  if (overlap !== null && overlap > 1.01) {
    sentences.push(
      `${overlap.toFixed(1)} kernels ran at the same time on average; they share the time in which any ran.`,
    );
  }
  return sentences.length === 0 ? null : sentences.join(' ');
}
