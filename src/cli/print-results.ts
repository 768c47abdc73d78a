/** An experiment in the terminal: its table, the answer, and what speaks against trusting it. */
import { type Answer, QUESTION } from '#shared/answer/answer.ts';
import { deriveResults, type ExperimentResults } from '#shared/answer/derive-results.ts';
import { FIDELITY_TITLE, fidelityColumn, fidelityDataText } from '#shared/answer/fidelity-column.ts';
import { isMeasured, type ResultRow } from '#shared/answer/result-row.ts';
import { formatBytes, formatSpeedup } from '#shared/format.ts';
import { accuracyDataText, otherSettingsText, providerText, statusText, threadsText } from '#shared/text/case-text.ts';
import { commonConfidence } from '#shared/statistics/interval-confidence.ts';
import { titleWithConfidence } from '#shared/text/confidence-text.ts';
import { earlyEndText } from '#shared/text/ending-text.ts';
import { msIntervalText, msText, NOT_KNOWN, shareText, speedupIntervalText } from '#shared/text/number-text.ts';
import type { LatencyBound } from '#shared/latency-bound.ts';
import type { WorkbenchClient } from '#workbench/local-client.ts';
import { sweepText } from './print-sweeps.ts';
import { type Column, type TextPlace, textTable, wrapText } from './text-table.ts';

/**
 * The experiment with its raw samples and what is known of the quality of its files.
 * @param latencyBound instead of the plan's
 */
export async function readResults(
  client: WorkbenchClient,
  experimentId: string,
  latencyBound?: LatencyBound,
): Promise<ExperimentResults> {
  const experiment = await client.experiments.get({ id: experimentId });
  const variantIds = [...new Set(experiment.runs.map((run) => run.model.sha256))];
  const quality = await client.quality.list({ variantIds });
  const samples = await Promise.all(experiment.runs.map((run) => client.runs.samples({ runId: run.id })));
  const details =
    experiment.plan.sustainedSeconds > 0
      ? await Promise.all(experiment.runs.map((run) => client.runs.record({ runId: run.id })))
      : [];
  return deriveResults(experiment, {
    quality,
    latencyBound,
    detailsByRunId: new Map(details.map((item) => [item.runId, item])),
    blocksByRunId: new Map(samples.map(({ runId, blocks }) => [runId, blocks])),
  });
}

export function resultsText(results: ExperimentResults, place: TextPlace): string {
  const { width } = place;
  const { rows, answers, sweeps, unfinishedRows, notes } = results;
  const ending = earlyEndText(results.experiment);
  const parts = [resultsTable(results, place) + (ending === null ? '' : wrapText(ending, width))];
  for (const { number, run } of unfinishedRows) {
    const reason = run.error === null ? '' : ` ${run.error.message}`;
    parts.push(wrapText(`Run ${number}, ${run.model.name} on ${run.provider}: ${statusText(run)}.${reason}`, width));
  }
  parts.push(...answers.map((answer) => answerText(answer, { isOneOfSeveral: answers.length > 1, width })));
  parts.push(...sweeps.map((sweep) => sweepText(sweep, place)));
  const listed = notes.map(({ message, runNumbers }) => {
    const where =
      runNumbers.length === rows.length
        ? 'all runs'
        : `${runNumbers.length === 1 ? 'run' : 'runs'} ${runNumbers.join(', ')}`;
    return wrapText(`${message} (${where})`, width, '  ');
  });
  if (listed.length > 0) parts.push(`Notes\n${listed.join('')}`);
  return parts.join('\n');
}

function answerText(answer: Answer, { isOneOfSeveral, width }: { isOneOfSeveral: boolean; width: number }): string {
  return [
    wrapText(`${QUESTION}${isOneOfSeveral ? ` (batch ${answer.batchSize})` : ''}`, width),
    wrapText(answer.headline, width, '  '),
    ...answer.evidence.map((sentence) => wrapText(sentence, width, '    ')),
    ...answer.caveats.map((sentence) => wrapText(`But: ${sentence}`, width, '    ')),
  ].join('');
}

function resultsTable({ rows, datasetId }: ExperimentResults, { width, widest }: TextPlace): string {
  const fidelity = fidelityColumn({ rows, datasetId });
  const isSame = (valueOf: (row: ResultRow) => unknown): boolean => new Set(rows.map(valueOf)).size <= 1;
  const columns: (Column & { cell: (row: ResultRow) => string })[] = [
    { title: 'Run', align: 'right', cell: ({ number }) => String(number) },
    { title: 'Model', cell: ({ run }) => run.model.name },
    { title: 'Provider', cell: ({ run }) => providerText(run) },
    ...(isSame(({ run }) => run.settings.intraOpThreads)
      ? []
      : [
          {
            title: 'Threads',
            align: 'right' as const,
            cell: ({ run }: ResultRow) => threadsText(run.settings.intraOpThreads),
          },
        ]),
    ...(isSame(({ run }) => run.settings.batchSize)
      ? []
      : [{ title: 'Batch', align: 'right' as const, cell: ({ run }: ResultRow) => String(run.settings.batchSize) }]),
    ...(isSame(({ run }) => otherSettingsText(run.settings).join())
      ? []
      : [
          { title: 'Settings', cell: ({ run }: ResultRow) => otherSettingsText(run.settings).join(', ') || 'defaults' },
        ]),
    {
      title: titleWithConfidence('Median ms', commonConfidence(rows.map(({ run }) => run.latencyMs))),
      align: 'right',
      cell: latencyCell,
    },
    { title: 'Against baseline', cell: verdictCell },
    { title: 'Peak memory', align: 'right', cell: ({ run }) => formatBytes(run.memory.peakBytes) },
    { title: 'Size', align: 'right', cell: ({ run }) => formatBytes(run.model.sizeBytes) },
    fidelity === null
      ? {
          title: datasetId === null ? 'Top-1' : `Top-1 (${accuracyDataText(datasetId)})`,
          align: 'right',
          cell: ({ quality }) =>
            quality?.metrics.top1 ? shareText(quality.metrics.top1.value, quality.itemCount) : NOT_KNOWN,
        }
      : {
          title: `${FIDELITY_TITLE} (${fidelityDataText(rows)})`,
          align: 'right',
          cell: (row) => Object.values(fidelity(row)).filter(Boolean).join(' '),
        },
    { title: 'Stability', cell: (row) => (isMeasured(row) ? (row.run.stability?.verdict ?? NOT_KNOWN) : NOT_KNOWN) },
  ];
  const [first] = rows;
  const common =
    first && isSame(({ run }) => otherSettingsText(run.settings).join()) ? otherSettingsText(first.run.settings) : [];
  const table = textTable(
    columns,
    rows.map((row) => columns.map(({ cell }) => cell(row))),
    { widest },
  );
  return common.length === 0 ? table : table + wrapText(`Settings: ${common.join(', ')}`, width);
}

function latencyCell(row: ResultRow): string {
  if (!isMeasured(row)) return statusText(row.run);
  const { median, ciLow, ciHigh } = row.run.latencyMs;
  const interval = msIntervalText(ciLow, ciHigh);
  return interval === null ? msText(median) : `${msText(median)} (${interval})`;
}

function verdictCell({ comparison, isBaseline }: ResultRow): string {
  if (comparison === null) return isBaseline ? 'baseline' : NOT_KNOWN;
  const interval = speedupIntervalText(comparison);
  return `${formatSpeedup(comparison)}${interval === null ? '' : ` (${interval})`}`;
}
