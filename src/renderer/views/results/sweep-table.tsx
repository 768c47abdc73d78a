import { Text } from '@mantine/core';
import { useMemo } from 'react';
import { formatBytes } from '#shared/format.ts';
import type { Sweep } from '#shared/sweet-spot/derive-sweeps.ts';
import type { JudgedPoint } from '#shared/sweet-spot/find-sweet-spot.ts';
import {
  boundMsText,
  conditionsOf,
  intervalWords,
  pointLatencyText,
  rateText,
  verdictWords,
} from '#shared/sweet-spot/point-text.ts';
import { pointRole } from '#shared/sweet-spot/sweet-spot-text.ts';
import type { BoundVerdict } from '#shared/sweet-spot/sweep-point.ts';
import { commonConfidence } from '#shared/statistics/interval-confidence.ts';
import { intervalName } from '#shared/text/confidence-text.ts';
import { msText, NOT_KNOWN } from '#shared/text/number-text.ts';
import { type DataColumn, DataTable } from '../../components/data-table.tsx';
import { StatusBadge, type StatusTone } from '../../components/status-badge.tsx';

const verdictTones: Record<BoundVerdict, StatusTone> = { holds: 'good', undecided: 'warn', 'does-not-hold': 'bad' };

/** Every point of a sweep with its figures. */
export function SweepTable({ sweep, label }: { sweep: Sweep; label: string }) {
  const columns = useMemo(() => columnsOf(sweep), [sweep]);
  const { sweetSpot } = sweep;
  return (
    <div style={{ overflowX: 'auto' }}>
      <DataTable
        label={label}
        columns={columns}
        rows={sweep.points}
        rowId={({ row }) => row.run.id}
        isSelected={(point) => sweetSpot.kind === 'chosen' && point === sweetSpot.chosen}
      />
    </div>
  );
}

function columnsOf(sweep: Sweep): DataColumn<JudgedPoint>[] {
  const { bound, points } = sweep;
  const name = conditionsOf(points);
  const statistic = bound?.statistic ?? 'median';
  return [
    {
      id: 'point',
      header: 'Run',
      sortBy: ({ row }) => row.number,
      cell: (point) => (
        <div style={{ whiteSpace: 'nowrap' }}>
          #{point.row.number} {name(point)}
          {pointRole(sweep, point) === null ? null : (
            <Text span size="xs" c="dimmed" display="block">
              {pointRole(sweep, point)}
            </Text>
          )}
        </div>
      ),
    },
    {
      id: 'latency',
      header: `${statistic === 'median' ? 'Median' : statistic} (ms)`,
      hint: `Of one call; below it its ${intervalName(commonConfidence(points.map(({ latencyMs }) => latencyMs)))}`,
      isNumeric: true,
      sortBy: ({ latencyMs }) => latencyMs?.estimate ?? null,
      cell: (point) => <LatencyCell point={point} text={pointLatencyText(point, statistic)} />,
    },
    {
      id: 'throughput',
      header: 'Items per second',
      hint: 'From the median, one call at a time',
      isNumeric: true,
      sortBy: ({ throughputPerSecond }) => throughputPerSecond.estimate,
      cell: ({ throughputPerSecond }) => rateText(throughputPerSecond.estimate),
    },
    {
      id: 'memory',
      header: 'Peak memory',
      isNumeric: true,
      sortBy: ({ peakBytes }) => peakBytes,
      cell: ({ peakBytes }) => formatBytes(peakBytes),
    },
    ...(bound === null
      ? []
      : [
          {
            id: 'bound',
            header: `Bound of ${boundMsText(bound.ms)} ms`,
            hint: 'It holds when the whole interval lies within the bound',
            sortBy: ({ verdict }: JudgedPoint) => verdict,
            cell: ({ verdict }: JudgedPoint) =>
              verdict === null ? null : <StatusBadge tone={verdictTones[verdict]}>{verdictWords[verdict]}</StatusBadge>,
          },
        ]),
    {
      id: 'front',
      header: 'Front',
      hint: 'No other one has both more throughput and less latency',
      sortBy: ({ isOnFront }) => (isOnFront ? 0 : 1),
      cell: ({ isOnFront }) => (isOnFront ? 'not beaten' : NOT_KNOWN),
    },
  ];
}

function LatencyCell({ point: { latencyMs }, text }: { point: JudgedPoint; text: string }) {
  if (latencyMs === null) return <span title={text}>{NOT_KNOWN}</span>;
  return (
    <>
      {msText(latencyMs.estimate)}
      <Text span size="xs" c="dimmed" display="block">
        {intervalWords(latencyMs)}
      </Text>
    </>
  );
}
