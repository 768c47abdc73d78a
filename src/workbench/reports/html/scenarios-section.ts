import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import type { LatencyBound } from '#shared/latency-bound.ts';
import { type OfflineFigure, offlineFigure } from '#shared/scenarios/offline-figure.ts';
import { NO_RATE_CURVE, rateFigure } from '#shared/scenarios/rate-figure.ts';
import type { ScenarioOutcome } from '#shared/scenarios/scenario.ts';
import { fullConditionText } from '#shared/text/case-text.ts';
import { scenarioTable } from '#shared/text/scenario-table.ts';
import { SCENARIOS_METHOD, scenarioSentences, scenarioTitles } from '#shared/text/scenario-text.ts';
import { drawOffline } from '../charts/offline.ts';
import { drawRate } from '../charts/rate.ts';
import { figure, heading, list, nameOf, table } from './elements.ts';
import { html, type Html } from './template.ts';

/** What the scenarios of each run found; nothing where none was asked for. */
export function scenariosSection(
  { rows, latencyBound }: ExperimentResults,
  options: { level: number; id: string },
): Html | null {
  const { level, id } = options;
  const shown = rows.filter(({ run }) => (run.scenarios ?? []).length > 0);
  if (shown.length === 0) return null;
  return html`${heading(level, 'Scenarios', `${id}-scenarios`)}
    <p class="muted">${SCENARIOS_METHOD}</p>
    ${shown.map(
      ({ number, run }) =>
        html`${heading(level + 1, html`<span class="muted">#${number}</span> ${nameOf(run.model.name)}`)}
          <p class="about">${fullConditionText(run)}</p>
          ${(run.scenarios ?? []).map((outcome) => outcomePart(outcome, { id: `${id}-${number}-${outcome.kind}`, bound: latencyBound }))} `,
    )} `;
}

function outcomePart(outcome: ScenarioOutcome, { id, bound }: { id: string; bound: LatencyBound | null }): Html {
  const [headline = '', ...others] = scenarioSentences(outcome, bound);
  const rate = outcome.kind === 'server' && outcome.result !== null ? rateFigure(outcome.result) : null;
  const drawn = rate === null ? null : drawRate(rate, { id });
  const offline = outcome.kind === 'offline' && outcome.result !== null ? offlineFigure(outcome.result, bound) : null;
  const figures = scenarioTable(outcome, bound);
  return html`<div class="answer">
      <p class="question">${scenarioTitles[outcome.kind]}</p>
      <p class="headline">${headline}</p>
      ${list(others)}
    </div>
    ${
      rate === null || drawn === null
        ? outcome.kind === 'server' && outcome.result !== null
          ? html`<p class="muted">${NO_RATE_CURVE}</p> `
          : null
        : figure({
            drawings: [drawn.svg],
            title: 'Latency against the rate of requests.',
            text: [...rate.remarks, ...drawn.remarks].join(' '),
          })
    }${offline === null ? null : offlinePart(offline, { id })}${
      figures === null
        ? null
        : table({
            caption: outcome.kind === 'server' ? 'Every rate that was tried.' : 'Every point that was measured.',
            columns: figures.columns,
            rows: figures.rows.map(
              (cells) =>
                html`<tr>
                  ${cells.map((cell, index) =>
                    figures.columns[index]?.isNumber
                      ? html`<td class="number">${cell}</td>`
                      : html`<td class="short">${cell}</td>`,
                  )}
                </tr> `,
            ),
          })
    }`;
}

function offlinePart(offline: OfflineFigure, { id }: { id: string }): Html {
  const { svg, remarks } = drawOffline(offline, { id });
  return figure({
    drawings: [svg],
    title: 'Throughput over the batch.',
    text: [...offline.remarks, ...remarks].join(' '),
  });
}
