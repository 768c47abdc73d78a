import { drawDistributions } from '../charts/distribution.ts';
import { drawDrift } from '../charts/drift.ts';
import { drawSustained, type UsedRow } from '../charts/sustained.ts';
import { drawMark, marksOf } from '../charts/series-marks.ts';
import { drawTradeOff } from '../charts/trade-off.ts';
import { tradeOffOf } from '#shared/charts/trade-off.ts';
import { missingRemark, tradeOffTitles } from '#shared/charts/trade-off-words.ts';
import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import { isMeasured, type MeasuredRow } from '#shared/answer/result-row.ts';
import type { ReportContent } from '../report-content.ts';
import { figure } from './elements.ts';
import { html, type Html } from './template.ts';

/** @param idPrefix unique to the experiment */
export function figures(
  about: ExperimentResults,
  { detailsByRunId }: Pick<ReportContent, 'detailsByRunId'>,
  idPrefix: string,
): Html | null {
  const rows = about.rows.filter(isMeasured);
  if (rows.length === 0) return null;
  const batchSizes = [...new Set(rows.map(({ run }) => run.settings.batchSize))];
  const tradeOffs = batchSizes.flatMap((batchSize, index) => {
    const here = rows.filter(({ run }) => run.settings.batchSize === batchSize);
    return tradeOffFigure(about, {
      rows: here,
      batchSize: batchSizes.length > 1 ? batchSize : null,
      id: `${idPrefix}-trade-off-${index}`,
    });
  });
  return html`${tradeOffs.length === 0 ? NO_TRADE_OFF : tradeOffs}${distributionFigure(rows, idPrefix)}${driftFigure(rows, idPrefix)}${sustainedFigure(rows, detailsByRunId, idPrefix)}`;
}

const NO_TRADE_OFF = html`<p class="muted">
  There is no chart of latency against accuracy: no two of the measured versions differ in accuracy, fidelity or size,
  as far as these are known.
</p> `;

function tradeOffFigure(
  about: ExperimentResults,
  options: { rows: readonly MeasuredRow[]; batchSize: number | null; id: string },
): Html[] {
  const { rows, batchSize, id } = options;
  const tradeOff = tradeOffOf(about, rows);
  const { measure, points } = tradeOff;
  const atBatch = batchSize === null ? '' : ` at batch ${batchSize}`;
  if (points.length < 2) return [];
  const { svg, remarks } = drawTradeOff(tradeOff, { id });
  const missing = rows.length - points.length;
  return [
    figure({
      drawings: [svg],
      title: `${tradeOffTitles[measure]}${atBatch}.`,
      text: [
        ...(measure === 'size' ? ['Neither accuracy nor fidelity is known of two of them on their provider.'] : []),
        ...remarks,
        ...(missing === 0 ? [] : [missingRemark(missing, measure)]),
      ].join(' '),
      key: providerKey(points.map(({ row }) => row)),
    }),
  ];
}

function distributionFigure(rows: readonly MeasuredRow[], idPrefix: string): Html {
  const { svgs, remarks } = drawDistributions(rows, { id: `${idPrefix}-distribution` });
  return figure({
    drawings: svgs,
    title: 'Distribution of the latency.',
    text: `Each dot is one inference call; the box holds the middle half of them, the line in it is the median. ${remarks.join(' ')}`,
  });
}

function driftFigure(rows: readonly MeasuredRow[], idPrefix: string): Html {
  return figure({
    drawings: drawDrift(rows, { id: `${idPrefix}-drift` }),
    title: 'Latency over the rounds.',
    text: 'Each dot is the median of one block in ms, the band the middle half of the block, the dotted line the median of the whole run. Every panel has its own scale, which spans at least ±10 % of the median and does not start at zero.',
  });
}

/** Of runs that were used without a pause; null where none was. */
function sustainedFigure(
  rows: readonly MeasuredRow[],
  detailsByRunId: ReportContent['detailsByRunId'],
  idPrefix: string,
): Html | null {
  const used = rows.flatMap((row): UsedRow[] => {
    const details = detailsByRunId?.get(row.run.id);
    return details !== undefined && details.sustained.length > 1 ? [{ row, details }] : [];
  });
  if (used.length === 0) return null;
  const marks = marksOf(rows);
  const { svgs, remarks } = drawSustained(used, {
    id: `${idPrefix}-sustained`,
    colourClassOf: (row) => marks(row).colourClass,
  });
  return figure({ drawings: svgs, title: 'Latency during continuous use.', text: remarks.join(' ') });
}

/** Which shape is which provider, where there are several. */
function providerKey(rows: readonly MeasuredRow[]): Html | null {
  const providers = [...new Set(rows.map(({ run }) => run.provider))];
  if (providers.length < 2) return null;
  const marks = marksOf(rows);
  return html`<ul class="key small">
    ${providers.map((provider) => {
      const row = rows.find(({ run }) => run.provider === provider) as MeasuredRow;
      return html`<li>
        <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
          ${drawMark({ ...marks(row), colourClass: 'neutral' }, 6, 6, 4.5)}</svg
        >${provider}
      </li>`;
    })}
  </ul>`;
}
