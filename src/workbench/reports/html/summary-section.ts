import { formatBytes, formatCount, formatSpeedup } from '#shared/format.ts';
import { accuracyDataText, statusText } from '#shared/text/case-text.ts';
import { commonConfidence } from '#shared/statistics/interval-confidence.ts';
import { intervalName } from '#shared/text/confidence-text.ts';
import {
  countText,
  msIntervalText,
  msText,
  NOT_KNOWN,
  shareIntervalText,
  shareText,
  speedupIntervalText,
} from '#shared/text/number-text.ts';
import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import { FIDELITY_TITLE, type FidelityCell, fidelityColumn, fidelityDataText } from '#shared/answer/fidelity-column.ts';
import { isMeasured, type ResultRow } from '#shared/answer/result-row.ts';
import { numberCell, runHeader, table } from './elements.ts';
import { html, type Html } from './template.ts';

/** One line per run: what is needed to decide. */
export function summaryTable({ rows, datasetId }: ExperimentResults): Html {
  const hasSeveralBaselines = rows.filter(({ isBaseline }) => isBaseline).length > 1;
  const fidelity = fidelityColumn({ rows, datasetId });
  return table({
    caption: `Latency is the median of one inference call; below it its ${intervalName(commonConfidence(rows.map(({ run }) => run.latencyMs)))}. ${
      datasetId === null ? '' : `Accuracy is top-1 on ${accuracyDataText(datasetId)}, measured on the same provider. `
    }${
      fidelity === null
        ? ''
        : `Accuracy was not measured; fidelity is how close the outputs stay to those of the first model, on ${fidelityDataText(rows)}. `
    }Memory is the peak of the process.`,
    columns: [
      { title: 'Model', detail: 'provider, threads, batch' },
      { title: 'Median', detail: 'ms', isNumber: true },
      { title: 'Throughput', detail: 'per second', isNumber: true },
      { title: 'Memory', isNumber: true },
      { title: 'Size', isNumber: true },
      { title: fidelity === null ? 'Accuracy' : FIDELITY_TITLE, isNumber: true },
      { title: 'Against baseline' },
      { title: 'Stability' },
    ],
    rows: rows.map(
      (row) =>
        html`<tr>
          ${runHeader(row)}${timeCells(row)}${numberCell(formatBytes(row.run.memory.peakBytes))}${numberCell(formatBytes(row.run.model.sizeBytes))}${fidelity === null ? accuracyCell(row) : fidelityCell(fidelity(row))}${verdictCell(row, hasSeveralBaselines)}${stabilityCell(row)}
        </tr> `,
    ),
  });
}

/** The rest of what is known of the times. */
export function latencyTable({ rows }: ExperimentResults): Html | null {
  const measured = rows.filter(isMeasured);
  if (measured.length === 0) return null;
  return table({
    caption:
      'All times in milliseconds. “—” where the samples are too few to claim the percentile (see How it was measured).',
    columns: [
      { title: 'Run' },
      ...['Min', 'p50', 'p90', 'p95', 'p99', 'Max', 'Mean', 'Std. dev.', 'MAD'].map((title) => ({
        title,
        isNumber: true,
      })),
      { title: 'Samples', detail: 'in blocks', isNumber: true },
      { title: 'Load', isNumber: true },
      { title: 'First run', isNumber: true },
    ],
    rows: measured.map((row) => {
      const { latencyMs, sampleCount, blockCount, loadMs, firstRunMs } = row.run;
      const { min, p50, p90, p95, p99, max, mean, stdDev, mad } = latencyMs;
      return html`<tr>
        ${runHeader(row)}${[min, p50, p90, p95, p99, max, mean, stdDev, mad].map((value) => numberCell(msText(value)))}${numberCell(formatCount(sampleCount), formatCount(blockCount))}${numberCell(msText(loadMs))}${numberCell(msText(firstRunMs))}
      </tr> `;
    }),
  });
}

/** Every run without a result to rely on, with its reason. */
export function unfinishedTable({ unfinishedRows }: ExperimentResults): Html | null {
  if (unfinishedRows.length === 0) return null;
  return table({
    caption: `${countText(unfinishedRows.length, 'run')} without a result to rely on.`,
    columns: [{ title: 'Run' }, { title: 'What happened' }, { title: 'Reason' }],
    rows: unfinishedRows.map(
      (row) =>
        html`<tr>
          ${runHeader(row)}
          <td>${statusText(row.run)}</td>
          <td class="reason">${row.run.error?.message ?? NOT_KNOWN}</td>
        </tr> `,
    ),
  });
}

function timeCells(row: ResultRow): Html {
  if (!isMeasured(row)) return html`<td colspan="2" class="bad">${statusText(row.run)}</td>`;
  const { latencyMs, throughputPerSecond, status } = row.run;
  const partly = status === 'completed' ? null : html`<span class="detail doubt">${statusText(row.run)}</span>`;
  const interval = msIntervalText(latencyMs.ciLow, latencyMs.ciHigh);
  return html`<td class="number">
      ${msText(latencyMs.median)}${interval === null ? null : html`<span class="detail">${interval}</span>`}${partly}
    </td>
    ${numberCell(formatCount(throughputPerSecond))}`;
}

function accuracyCell({ quality }: ResultRow): Html {
  const top1 = quality?.metrics.top1;
  if (!quality || !top1) return html`<td class="number muted">not measured</td>`;
  return numberCell(shareText(top1.value, quality.itemCount), shareIntervalText(top1, quality.itemCount));
}

function fidelityCell({ text, detail }: FidelityCell): Html {
  return detail === null ? html`<td class="number muted">${text}</td>` : numberCell(text, detail);
}

function verdictCell({ comparison, isBaseline }: ResultRow, hasSeveralBaselines: boolean): Html {
  if (comparison === null) return html`<td class="muted">${isBaseline ? 'baseline' : NOT_KNOWN}</td>`;
  const className = { faster: 'good', slower: 'bad', indistinguishable: 'muted' }[comparison.verdict];
  const interval = speedupIntervalText(comparison);
  const evidence = interval ?? `only ${countText(comparison.pairCount, 'paired round')}`;
  return html`<td>
    <span class="${className}">${formatSpeedup(comparison)}</span
    ><span class="detail">${evidence}</span
    >${hasSeveralBaselines ? html`<span class="detail">against #${comparison.baselineNumber}</span>` : null}
  </td>`;
}

function stabilityCell(row: ResultRow): Html {
  const { stability } = row.run;
  if (stability === null || !isMeasured(row)) return html`<td class="muted">${NOT_KNOWN}</td>`;
  if (stability.verdict === 'stable') return html`<td>stable</td>`;
  return html`<td>
    <span class="doubt">unstable</span
    ><span class="detail wraps">${stability.reasons.map(({ kind }) => kind.replaceAll('-', ' ')).join(', ')}</span>
  </td>`;
}
