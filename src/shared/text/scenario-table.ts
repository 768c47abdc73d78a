/** The figures behind what a scenario found, as a table: the same on screen, in the terminal and in reports. */
import { formatBytes, formatCount, formatPercent } from '../format.ts';
import type { LatencyBound } from '../latency-bound.ts';
import type { OfflinePoint } from '../scenarios/offline.ts';
import type { ScenarioOutcome } from '../scenarios/scenario.ts';
import type { ServerProbe } from '../scenarios/server.ts';
import { commonConfidence } from '../statistics/interval-confidence.ts';
import { offlineVerdict } from '../sweet-spot/offline-spot.ts';
import { boundMsText, verdictWords } from '../sweet-spot/point-text.ts';
import { titleWithConfidence } from './confidence-text.ts';
import { msText, roundPercentText } from './number-text.ts';
import { pointText, probeVerdictWords } from './scenario-text.ts';

export type ScenarioTable = { columns: { title: string; isNumber: boolean }[]; rows: string[][] };

type Column<Item> = { title: string; isNumber?: boolean; cell: (item: Item) => string };

/**
 * @param bound that a call has to hold, where all items are there at once
 * @returns null for scenarios that one sentence says, and where nothing was measured
 */
export function scenarioTable(outcome: ScenarioOutcome, bound: LatencyBound | null = null): ScenarioTable | null {
  if (outcome.kind === 'offline' && outcome.result !== null) {
    return tableOf(
      [...pointColumns(outcome.result.points), ...(bound === null ? [] : [boundColumn(bound)])],
      outcome.result.points,
    );
  }
  if (outcome.kind === 'server' && outcome.result !== null)
    return tableOf(probeColumns(outcome.result.confidence), outcome.result.probes);
  return null;
}

function tableOf<Item>(columns: readonly Column<Item>[], items: readonly Item[]): ScenarioTable | null {
  if (items.length === 0) return null;
  return {
    columns: columns.map(({ title, isNumber = true }) => ({ title, isNumber })),
    rows: items.map((item) => columns.map(({ cell }) => cell(item))),
  };
}

const pointColumns = (points: readonly OfflinePoint[]): Column<OfflinePoint>[] => [
  { title: 'Point', isNumber: false, cell: pointText },
  {
    title: titleWithConfidence('Items/s', commonConfidence(points.map(({ itemsPerSecond }) => itemsPerSecond))),
    cell: ({ itemsPerSecond: { estimate, ciLow, ciHigh } }) =>
      `${formatCount(estimate)}${ciLow === null || ciHigh === null ? '' : ` (${formatCount(ciLow)}–${formatCount(ciHigh)})`}`,
  },
  { title: 'Median ms', cell: ({ latencyMs }) => msText(latencyMs.p50) },
  { title: 'p99 ms', cell: ({ latencyMs }) => msText(latencyMs.p99) },
  { title: 'Peak memory', cell: ({ peakBytes }) => formatBytes(peakBytes) },
  { title: 'Against the best', isNumber: false, cell: ({ verdict }) => verdict.replaceAll('-', ' ') },
];

function boundColumn(bound: LatencyBound): Column<OfflinePoint> {
  return {
    title: `${boundMsText(bound.ms)} ms (${bound.statistic})`,
    isNumber: false,
    cell: (point) => verdictWords[offlineVerdict(point, bound)],
  };
}

/** What it comes to stands first: narrow windows cut tables off on the right. Each end of the share is an interval's of one side. */
const probeColumns = (confidence: number): Column<ServerProbe>[] => [
  { title: 'Rate/s', cell: ({ ratePerSecond }) => formatCount(ratePerSecond) },
  { title: 'Purpose', isNumber: false, cell: ({ purpose }) => purpose },
  { title: 'Verdict', isNumber: false, cell: ({ verdict }) => probeVerdictWords[verdict] },
  {
    title: `Over the bound (each end ${roundPercentText(confidence)})`,
    cell: ({ overShare }) =>
      `${formatPercent(overShare.estimate, 2)} (${shareText(overShare.ciLow)}–${shareText(overShare.ciHigh)})`,
  },
  ...(['p50', 'p90', 'p95', 'p99'] as const).map((name) => ({
    title: `${name} ms`,
    cell: ({ latencyMs }: ServerProbe) => msText(latencyMs[name]),
  })),
  { title: 'Requests', cell: ({ latencyMs }) => formatCount(latencyMs.count) },
  { title: 'Answered/s', cell: ({ achievedPerSecond }) => formatCount(achievedPerSecond) },
  { title: 'Busy', cell: ({ utilisation }) => formatPercent(utilisation, 0) },
  { title: 'Longest queue', cell: ({ longestQueue }) => formatCount(longestQueue) },
];

function shareText(share: number): string {
  return (share * 100).toFixed(2);
}
