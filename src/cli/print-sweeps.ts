/** The sweet spot of each model on each provider, in the terminal. */
import { formatBytes } from '#shared/format.ts';
import { commonConfidence } from '#shared/statistics/interval-confidence.ts';
import { titleWithConfidence } from '#shared/text/confidence-text.ts';
import { msText, NOT_KNOWN } from '#shared/text/number-text.ts';
import type { Sweep } from '#shared/sweet-spot/derive-sweeps.ts';
import { boundMsText, conditionsOf, intervalWords, rateText, verdictWords } from '#shared/sweet-spot/point-text.ts';
import { pointRole, sweetSpotWords } from '#shared/sweet-spot/sweet-spot-text.ts';
import { type TextPlace, textTable, wrapText } from './text-table.ts';

export function sweepText(sweep: Sweep, place: TextPlace): string {
  const { width } = place;
  const { subject, headline, evidence, caveats } = sweetSpotWords(sweep);
  return [
    wrapText(`Sweet spot of ${subject}`, width),
    wrapText(headline, width, '  '),
    ...evidence.map((sentence) => wrapText(sentence, width, '    ')),
    ...caveats.map((sentence) => wrapText(`But: ${sentence}`, width, '    ')),
    ...(sweep.points.length > 1 ? [pointsTable(sweep, place)] : []),
  ].join('');
}

function pointsTable(sweep: Sweep, { widest }: TextPlace): string {
  const { points, bound } = sweep;
  const name = conditionsOf(points);
  return textTable(
    [
      { title: 'Run', align: 'right' },
      { title: 'Point' },
      {
        title: titleWithConfidence(
          `${bound?.statistic ?? 'median'} ms`,
          commonConfidence(points.map(({ latencyMs }) => latencyMs)),
        ),
        align: 'right',
      },
      { title: 'Items per second', align: 'right' },
      { title: 'Peak memory', align: 'right' },
      ...(bound === null ? [] : [{ title: `Bound ${boundMsText(bound.ms)} ms` }]),
      { title: '' },
    ],
    points.map((point) => [
      String(point.row.number),
      name(point),
      latencyCell(point.latencyMs),
      rateText(point.throughputPerSecond.estimate),
      formatBytes(point.peakBytes),
      ...(point.verdict === null ? [] : [verdictWords[point.verdict]]),
      pointRole(sweep, point) ?? '',
    ]),
    { widest, indent: '    ' },
  );
}

function latencyCell(latencyMs: Sweep['points'][number]['latencyMs']): string {
  if (latencyMs === null) return NOT_KNOWN;
  return `${msText(latencyMs.estimate)} (${intervalWords(latencyMs)})`;
}
