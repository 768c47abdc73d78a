import { formatBytes, formatCount, formatSpeedup } from '#shared/format.ts';
import type { Quality } from '#shared/quality.ts';
import {
  conditionText,
  accuracyDataText,
  evaluatedDataText,
  otherSettingsText,
  providerText,
  statusText,
  threadsText,
} from '#shared/text/case-text.ts';
import { leftToCpuText, parityFigures, placementText } from '#shared/text/placement-text.ts';
import { commonConfidence } from '#shared/statistics/interval-confidence.ts';
import { intervalName } from '#shared/text/confidence-text.ts';
import { fidelityText } from '../fidelity-text.ts';
import {
  msIntervalText,
  msText,
  NOT_KNOWN,
  pointsText,
  pValueText,
  shareIntervalText,
  shareText,
  speedupIntervalText,
} from '#shared/text/number-text.ts';
import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import { FIDELITY_TITLE, fidelityColumn, fidelityDataText } from '#shared/answer/fidelity-column.ts';
import { isMeasured, type ResultRow } from '#shared/answer/result-row.ts';
import { escapeMarkdown, markdownTable } from './text.ts';

export function summaryTable({ rows, datasetId }: ExperimentResults): string {
  const fidelity = fidelityColumn({ rows, datasetId });
  // Where all have the same, the list of the environment says it.
  const hasSettings = new Set(rows.map(({ run }) => otherSettingsText(run.settings).join())).size > 1;
  return markdownTable(
    [
      { title: 'Run', align: 'right' },
      { title: 'Model' },
      { title: 'Provider' },
      { title: 'Threads', align: 'right' },
      { title: 'Batch', align: 'right' },
      ...(hasSettings ? [{ title: 'Settings' }] : []),
      {
        title: `Median (${intervalName(commonConfidence(rows.map(({ run }) => run.latencyMs)))}), ms`,
        align: 'right',
      },
      { title: 'Throughput, per second', align: 'right' },
      { title: 'Peak memory', align: 'right' },
      { title: 'Size', align: 'right' },
      {
        title:
          fidelity === null
            ? accuracyTitle(datasetId)
            : `${FIDELITY_TITLE} on ${escapeMarkdown(fidelityDataText(rows))}`,
        align: 'right',
      },
      { title: 'Against baseline' },
      { title: 'Stability' },
    ],
    rows.map((row) => {
      const { run, number } = row;
      return [
        String(number),
        escapeMarkdown(run.model.name),
        providerText(run),
        threadsText(run.settings.intraOpThreads),
        String(run.settings.batchSize),
        ...(hasSettings ? [escapeMarkdown(otherSettingsText(run.settings).join(', ') || 'defaults')] : []),
        latencyCell(row),
        isMeasured(row) ? formatCount(run.throughputPerSecond) : NOT_KNOWN,
        formatBytes(run.memory.peakBytes),
        formatBytes(run.model.sizeBytes),
        fidelity === null ? accuracyCell(row) : escapeMarkdown(Object.values(fidelity(row)).filter(Boolean).join(' ')),
        verdictCell(row),
        isMeasured(row) ? (run.stability?.verdict ?? NOT_KNOWN) : NOT_KNOWN,
      ];
    }),
  );
}

function accuracyTitle(datasetId: string | null): string {
  return datasetId === null ? 'Top-1' : `Top-1 on ${escapeMarkdown(accuracyDataText(datasetId))} (95 % interval)`;
}

function latencyCell(row: ResultRow): string {
  if (!isMeasured(row)) return statusText(row.run);
  const { median, ciLow, ciHigh } = row.run.latencyMs;
  const interval = msIntervalText(ciLow, ciHigh);
  const partly = row.run.status === 'completed' ? '' : `, ${statusText(row.run)}`;
  return `${msText(median)}${interval === null ? '' : ` (${interval})`}${partly}`;
}

function accuracyCell({ quality }: ResultRow): string {
  const top1 = quality?.metrics.top1;
  if (!quality || !top1) return 'not measured';
  return `${shareText(top1.value, quality.itemCount)} (${shareIntervalText(top1, quality.itemCount)})`;
}

function verdictCell({ comparison, isBaseline }: ResultRow): string {
  if (comparison === null) return isBaseline ? 'baseline' : NOT_KNOWN;
  const interval = speedupIntervalText(comparison);
  return `${formatSpeedup(comparison)}${interval === null ? '' : ` (${interval})`} against run ${comparison.baselineNumber}`;
}

export function unfinishedTable(rows: readonly ResultRow[]): string {
  return markdownTable(
    [
      { title: 'Run', align: 'right' },
      { title: 'Model' },
      { title: 'Where' },
      { title: 'What happened' },
      { title: 'Reason' },
    ],
    rows.map(({ number, run }) => [
      String(number),
      escapeMarkdown(run.model.name),
      conditionText(run),
      statusText(run),
      run.error === null ? NOT_KNOWN : escapeMarkdown(run.error.message),
    ]),
  );
}

/** Of each run on another provider than `node:cpu`: whether its results are right, and where its nodes ran. */
export function providersTable(rows: readonly ResultRow[]): string {
  return markdownTable(
    [
      { title: 'Run', align: 'right' },
      { title: 'Provider' },
      { title: 'Same as the CPU' },
      { title: 'Ran on' },
      { title: 'Left to the CPU' },
    ],
    rows.map(({ number, run }) => [
      String(number),
      providerText(run),
      run.parity === null ? NOT_KNOWN : [run.parity.passed ? 'yes' : '**no**', ...parityFigures(run.parity)].join(', '),
      escapeMarkdown(placementText(run.placement) ?? NOT_KNOWN),
      // Operators are named by the file.
      escapeMarkdown(run.placement.length === 0 ? NOT_KNOWN : (leftToCpuText(run) ?? 'nothing')),
    ]),
  );
}

export function latencyTable(rows: readonly ResultRow[]): string {
  const titles = [
    'Min',
    'p50',
    'p90',
    'p95',
    'p99',
    'Max',
    'Mean',
    'Std. dev.',
    'MAD',
    'Samples',
    'Blocks',
    'Load',
    'First run',
  ];
  return markdownTable(
    [{ title: 'Run', align: 'right' }, ...titles.map((title) => ({ title, align: 'right' as const }))],
    rows.filter(isMeasured).map(({ number, run }) => {
      const { min, p50, p90, p95, p99, max, mean, stdDev, mad } = run.latencyMs;
      return [
        String(number),
        ...[min, p50, p90, p95, p99, max, mean, stdDev, mad].map(msText),
        formatCount(run.sampleCount),
        formatCount(run.blockCount),
        msText(run.loadMs),
        msText(run.firstRunMs),
      ];
    }),
  );
}

export function qualityTable(quality: readonly Quality[], names: ReadonlyMap<string, string>): string {
  const nameOf = (sha256: string): string => escapeMarkdown(names.get(sha256) ?? sha256.slice(0, 12));
  return markdownTable(
    [
      { title: 'Model' },
      { title: 'Provider' },
      { title: 'Data' },
      { title: 'Items', align: 'right' },
      { title: 'Top-1 (95 % interval)', align: 'right' },
      { title: 'Top-5', align: 'right' },
      { title: 'Difference, points', align: 'right' },
      { title: 'p', align: 'right' },
      { title: 'Verdict' },
      { title: 'Fidelity to the reference' },
    ],
    quality.map((item) => {
      const { metrics, paired, fidelity, itemCount, referenceId } = item;
      return [
        nameOf(item.variantId),
        item.provider,
        escapeMarkdown(evaluatedDataText(item)),
        formatCount(itemCount),
        metrics.top1
          ? `${shareText(metrics.top1.value, itemCount)} (${shareIntervalText(metrics.top1, itemCount)})`
          : NOT_KNOWN,
        metrics.top5 ? shareText(metrics.top5.value, itemCount) : NOT_KNOWN,
        paired
          ? `${pointsText(paired.difference)} (${pointsText(paired.ciLow)} to ${pointsText(paired.ciHigh)})`
          : NOT_KNOWN,
        paired ? pValueText(paired.pValue) : NOT_KNOWN,
        referenceId === null ? 'reference' : `${paired?.verdict ?? NOT_KNOWN} against ${nameOf(referenceId)}`,
        fidelity ? fidelityText(fidelity) : NOT_KNOWN,
      ];
    }),
  );
}
