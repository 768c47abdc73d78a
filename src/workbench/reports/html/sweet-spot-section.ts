import { formatBytes } from '#shared/format.ts';
import { commonConfidence } from '#shared/statistics/interval-confidence.ts';
import { intervalName } from '#shared/text/confidence-text.ts';
import { msText, NOT_KNOWN } from '#shared/text/number-text.ts';
import type { Sweep } from '#shared/sweet-spot/derive-sweeps.ts';
import type { JudgedPoint } from '#shared/sweet-spot/find-sweet-spot.ts';
import { boundMsText, conditionsOf, intervalWords, rateText, verdictWords } from '#shared/sweet-spot/point-text.ts';
import { sweepFigure } from '#shared/sweet-spot/sweep-figure.ts';
import { pointRole, SWEET_SPOT_METHOD, sweetSpotWords } from '#shared/sweet-spot/sweet-spot-text.ts';
import { drawSweep } from '../charts/sweep.ts';
import { figure, heading, list, numberCell, table } from './elements.ts';
import { html, type Html } from './template.ts';

/** With which threads and batch size to run each model on each provider. */
export function sweetSpotSection(sweeps: readonly Sweep[], options: { level: number; id: string }): Html | null {
  if (sweeps.length === 0) return null;
  const { level, id } = options;
  return html`${heading(level, 'Sweet spot', `${id}-sweet-spot`)}
    <p class="muted">${SWEET_SPOT_METHOD}</p>
    ${sweeps.map((sweep, index) => sweepPart(sweep, `${id}-sweep-${index}`))} `;
}

function sweepPart(sweep: Sweep, id: string): Html {
  const { subject, headline, evidence, caveats } = sweetSpotWords(sweep);
  const drawable = sweepFigure(sweep);
  const drawn =
    drawable === null ? null : drawSweep(drawable, { id, title: 'Latency against throughput', bound: sweep.bound });
  return html`<div class="answer">
      <p class="question">${subject}</p>
      <p class="headline">${headline}</p>
      ${list(evidence)}${list(caveats, 'caveats')}
    </div>
    ${
      drawable === null || drawn === null
        ? null
        : figure({
            drawings: [drawn.svg],
            title: 'Latency against throughput.',
            text: [...drawable.remarks, ...drawn.remarks].join(' '),
          })
    }${sweep.points.length > 1 ? pointsTable(sweep) : null}`;
}

function pointsTable(sweep: Sweep): Html {
  const { bound, points } = sweep;
  const name = conditionsOf(points);
  return table({
    caption: `Below the latency its ${intervalName(commonConfidence(points.map(({ latencyMs }) => latencyMs)))}. The front are the points that no other one beats in both.`,
    columns: [
      { title: 'Run' },
      {
        title: bound === null || bound.statistic === 'median' ? 'Median' : bound.statistic,
        detail: 'ms',
        isNumber: true,
      },
      { title: 'Throughput', detail: 'items per second', isNumber: true },
      { title: 'Memory', isNumber: true },
      ...(bound === null ? [] : [{ title: `Bound of ${boundMsText(bound.ms)} ms` }]),
      { title: 'Front' },
      { title: '' },
    ],
    rows: points.map(
      (point) =>
        html`<tr>
          <th scope="row"><span class="muted">#${point.row.number}</span> ${name(point)}</th>
          ${latencyCell(point)}${numberCell(rateText(point.throughputPerSecond.estimate))}${numberCell(formatBytes(point.peakBytes))}${verdictCell(point)}
          <td>${point.isOnFront ? 'not beaten' : NOT_KNOWN}</td>
          <td><strong>${pointRole(sweep, point) ?? ''}</strong></td>
        </tr> `,
    ),
  });
}

function latencyCell({ latencyMs }: JudgedPoint): Html {
  if (latencyMs === null) return numberCell(NOT_KNOWN, 'too few samples');
  return numberCell(msText(latencyMs.estimate), intervalWords(latencyMs));
}

function verdictCell({ verdict }: JudgedPoint): Html | null {
  if (verdict === null) return null;
  const className = { holds: 'good', undecided: 'doubt', 'does-not-hold': 'bad' }[verdict];
  return html`<td class="${className}">${verdictWords[verdict]}</td>`;
}
