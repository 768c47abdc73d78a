import { formatBytes } from '#shared/format.ts';
import { commonConfidence } from '#shared/statistics/interval-confidence.ts';
import { intervalName } from '#shared/text/confidence-text.ts';
import { msText, NOT_KNOWN } from '#shared/text/number-text.ts';
import type { Sweep } from '#shared/sweet-spot/derive-sweeps.ts';
import { boundMsText, conditionsOf, intervalWords, rateText, verdictWords } from '#shared/sweet-spot/point-text.ts';
import { pointRole, SWEET_SPOT_METHOD, sweetSpotWords } from '#shared/sweet-spot/sweet-spot-text.ts';
import { bulletList, escapeMarkdown, markdownTable } from './text.ts';

/** With which threads and batch size to run each model on each provider. */
export function sweetSpotBlocks(sweeps: readonly Sweep[]): string[] {
  if (sweeps.length === 0) return [];
  return ['### Sweet spot', SWEET_SPOT_METHOD, ...sweeps.flatMap(sweepBlocks)];
}

function sweepBlocks(sweep: Sweep): string[] {
  const { subject, headline, evidence, caveats } = sweetSpotWords(sweep);
  return [
    `*${escapeMarkdown(subject)}:* **${escapeMarkdown(headline)}**`,
    bulletList([...evidence.map(escapeMarkdown), ...caveats.map((caveat) => `Mind: ${escapeMarkdown(caveat)}`)]),
    ...(sweep.points.length > 1 ? [pointsTable(sweep)] : []),
  ];
}

function pointsTable(sweep: Sweep): string {
  const { bound, points } = sweep;
  const name = conditionsOf(points);
  return markdownTable(
    [
      { title: 'Run', align: 'right' },
      { title: 'With' },
      {
        title: `${bound === null || bound.statistic === 'median' ? 'Median' : bound.statistic} (${intervalName(commonConfidence(points.map(({ latencyMs }) => latencyMs)))}), ms`,
        align: 'right',
      },
      { title: 'Items per second', align: 'right' },
      { title: 'Peak memory', align: 'right' },
      ...(bound === null ? [] : [{ title: `Bound of ${boundMsText(bound.ms)} ms` }]),
      { title: 'Front' },
      { title: '' },
    ],
    points.map((point) => [
      String(point.row.number),
      escapeMarkdown(name(point)),
      latencyCell(point.latencyMs),
      rateText(point.throughputPerSecond.estimate),
      formatBytes(point.peakBytes),
      ...(point.verdict === null ? [] : [verdictWords[point.verdict]]),
      point.isOnFront ? 'not beaten' : NOT_KNOWN,
      pointRole(sweep, point) ?? '',
    ]),
  );
}

function latencyCell(latencyMs: Sweep['points'][number]['latencyMs']): string {
  if (latencyMs === null) return NOT_KNOWN;
  return `${msText(latencyMs.estimate)} (${intervalWords(latencyMs)})`;
}
