/** The report without charts, for pull requests and wikis. */
import { formatBytes, formatCount, formatSpeedup } from '#shared/format.ts';
import type { Variant } from '#shared/model.ts';
import type { Quality } from '#shared/quality.ts';
import type { Run } from '#shared/run.ts';
import { type Answer, QUESTION } from './answer.ts';
import { conditionText, datasetText, otherSettingsText, statusText, threadsText } from './case-text.ts';
import { fidelityText } from './fidelity-text.ts';
import { codeBlock, escapeMarkdown, markdownTable } from './markdown-text.ts';
import { methodParagraphs } from './method-text.ts';
import {
  msIntervalText,
  msText,
  NOT_KNOWN,
  pointsText,
  pValueText,
  shareIntervalText,
  shareText,
  speedupIntervalText,
  utcText,
} from './number-text.ts';
import { deriveExperiments, filesOf, type ReportContent, type ReportExperiment } from './report-content.ts';
import { isMeasured, type ReportRow } from './report-row.ts';
import type { ReportWriter } from './report-writer.ts';
import { rerunCommands } from './rerun-commands.ts';

export const markdownReport: ReportWriter = {
  mediaType: 'text/markdown; charset=utf-8',
  extension: '.md',
  render(content) {
    const { title, createdAtMs, environment } = content;
    const blocks = [
      `# ${escapeMarkdown(title)}`,
      `Whittle ${escapeMarkdown(environment.whittleVersion)} report, ${utcText(createdAtMs)}`,
      ...deriveExperiments(content).flatMap((about) => experimentBlocks(about, content)),
      '## Versions',
      ...filesOf(content).flatMap((file) => fileBlocks(file, content.variants)),
      '## How it was measured',
      ...methodParagraphs.map((paragraph) => `**${paragraph.title}.** ${paragraph.text}`),
    ];
    return `${blocks.join('\n\n')}\n`;
  },
};

function experimentBlocks(about: ReportExperiment, content: ReportContent): string[] {
  const { experiment, rows, answers, notes, unfinishedRows, quality } = about;
  const { error, status } = experiment;
  return [
    `## ${escapeMarkdown(experiment.name)}`,
    `${escapeMarkdown(experiment.deviceName)}, ${utcText(experiment.createdAtMs)}`,
    ...(status === 'completed'
      ? []
      : [`**Status: ${status}.**${error === null ? '' : ` ${escapeMarkdown(error.message)}`}`]),
    `*${QUESTION}*`,
    ...answers.flatMap((answer) => answerBlocks(answer, answers.length > 1)),
    '### Results',
    summaryTable(about),
    ...(notes.length === 0
      ? []
      : [
          'Notes on these runs:',
          bulletList(
            notes.map(
              ({ message, runNumbers }) =>
                `${escapeMarkdown(message)} (${runNumbers.map((number) => `run ${number}`).join(', ')})`,
            ),
          ),
        ]),
    ...(unfinishedRows.length === 0 ? [] : ['### What could not be measured', unfinishedTable(unfinishedRows)]),
    ...(rows.some(isMeasured) ? ['### Latency in detail', 'All times in milliseconds.', latencyTable(rows)] : []),
    '### Accuracy and fidelity',
    quality.length === 0
      ? 'Neither was measured for these files on this device.'
      : qualityTable(quality, about, content),
    '### Environment',
    environmentList(about),
    '### Run it again',
    ...rerunBlocks(about, content.variants),
  ];
}

function answerBlocks({ batchSize, headline, evidence, caveats }: Answer, withBatch: boolean): string[] {
  return [
    `**${withBatch ? `Batch ${batchSize}: ` : ''}${escapeMarkdown(headline)}**`,
    ...(evidence.length + caveats.length === 0
      ? []
      : [bulletList([...evidence.map(escapeMarkdown), ...caveats.map((caveat) => `Mind: ${escapeMarkdown(caveat)}`)])]),
  ];
}

function summaryTable({ rows, datasetId }: ReportExperiment): string {
  return markdownTable(
    [
      { title: 'Run', align: 'right' },
      { title: 'Model' },
      { title: 'Provider' },
      { title: 'Threads', align: 'right' },
      { title: 'Batch', align: 'right' },
      { title: 'Median (95 % interval), ms', align: 'right' },
      { title: 'Throughput, per second', align: 'right' },
      { title: 'Peak memory', align: 'right' },
      { title: 'Size', align: 'right' },
      {
        title: datasetId === null ? 'Top-1' : `Top-1 on ${escapeMarkdown(datasetText(datasetId))} (95 % interval)`,
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
        run.provider,
        threadsText(run.settings.intraOpThreads),
        String(run.settings.batchSize),
        latencyCell(row),
        isMeasured(row) ? formatCount(run.throughputPerSecond) : NOT_KNOWN,
        formatBytes(run.memory.peakBytes),
        formatBytes(run.model.sizeBytes),
        accuracyCell(row),
        verdictCell(row),
        isMeasured(row) ? (run.stability?.verdict ?? NOT_KNOWN) : NOT_KNOWN,
      ];
    }),
  );
}

function latencyCell(row: ReportRow): string {
  if (!isMeasured(row)) return statusText(row.run);
  const { median, ciLow, ciHigh } = row.run.latencyMs;
  const interval = msIntervalText(ciLow, ciHigh);
  const partly = row.run.status === 'completed' ? '' : `, ${statusText(row.run)}`;
  return `${msText(median)}${interval === null ? '' : ` (${interval})`}${partly}`;
}

function accuracyCell({ quality }: ReportRow): string {
  const top1 = quality?.metrics.top1;
  if (!quality || !top1) return 'not measured';
  return `${shareText(top1.value, quality.itemCount)} (${shareIntervalText(top1, quality.itemCount)})`;
}

function verdictCell({ comparison, isBaseline }: ReportRow): string {
  if (comparison === null) return isBaseline ? 'baseline' : NOT_KNOWN;
  const interval = speedupIntervalText(comparison);
  return `${formatSpeedup(comparison)}${interval === null ? '' : ` (${interval})`} against run ${comparison.baselineNumber}`;
}

function unfinishedTable(rows: readonly ReportRow[]): string {
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

function latencyTable(rows: readonly ReportRow[]): string {
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

function qualityTable(quality: readonly Quality[], { experiment }: ReportExperiment, content: ReportContent): string {
  const names = new Map([
    ...content.variants.map((variant) => [variant.id, variant.name] as const),
    ...experiment.runs.map((run) => [run.model.sha256, run.model.name] as const),
  ]);
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
        escapeMarkdown(datasetText(item.datasetId)),
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

function environmentList({ experiment }: ReportExperiment): string {
  const { device, environment, plan } = experiment;
  const other = otherSettingsText(plan.settings);
  return bulletList(
    [
      `CPU: ${device.cpu.model ?? device.cpu.vendor ?? 'unknown'} (${device.cpu.architecture}), ${device.cpu.logicalCores} logical cores; ${device.cpu.extensions.join(', ') || 'no extensions known'}`,
      `Memory: ${formatBytes(device.memoryBytes)}`,
      `GPU: ${device.gpus.map((gpu) => gpu.name).join(', ') || 'none found'}`,
      `System: ${[device.os.name ?? device.os.platform, device.os.version].filter(Boolean).join(' ')}`,
      `Device fingerprint: ${device.fingerprint}`,
      `Software: Whittle ${environment.whittleVersion}, onnxruntime-node ${environment.onnxruntimeNodeVersion}, Node.js ${environment.nodeVersion}`,
      `Seed: ${plan.seed ?? 'not recorded'}; time budget: ${plan.timeBudgetSeconds} s for all runs`,
      `Other settings: ${other.length === 0 ? 'defaults' : other.join(', ')}`,
    ].map(escapeMarkdown),
  );
}

function rerunBlocks({ experiment }: ReportExperiment, variants: readonly Variant[]): string[] {
  const hashes = new Set(experiment.runs.map((run) => run.model.sha256));
  const commands = rerunCommands(
    experiment,
    variants.filter((variant) => hashes.has(variant.id)),
  );
  return [
    'The files, with the SHA-256 that they have to have:',
    codeBlock(commands.files.map(({ sha256, fileName }) => `${sha256}  ${fileName}`).join('\n')),
    codeBlock([...commands.compress, commands.bench, ...commands.evaluate, commands.exportRuns].join('\n'), 'sh'),
    ...(commands.otherSettings.length === 0
      ? []
      : [`Not carried by these options: ${escapeMarkdown(commands.otherSettings.join(', '))}.`]),
    'The last line writes every raw sample to a file that `whittle runs import` reads.',
  ];
}

function fileBlocks(file: Run['model'], variants: readonly Variant[]): string[] {
  const variant = variants.find(({ id }) => id === file.sha256);
  const about = [`SHA-256 \`${file.sha256}\``, `${formatBytes(file.sizeBytes)} (${formatCount(file.sizeBytes)} bytes)`];
  if (!variant)
    return [
      `### ${escapeMarkdown(file.name)}`,
      bulletList([...about, 'No longer in the library: its recipe is not known here.']),
    ];
  const { parentId, fidelity, recipe, steps } = variant;
  return [
    `### ${escapeMarkdown(file.name)}`,
    bulletList([
      ...about,
      parentId === null ? 'The original' : `Made from \`${parentId}\``,
      ...(fidelity === null ? [] : [`Fidelity to its parent: ${fidelityText(fidelity)}`]),
    ]),
    ...(recipe === null ? [] : [codeBlock(JSON.stringify(recipe, null, 2), 'json')]),
    ...(steps.length === 0
      ? []
      : [
          bulletList(
            steps.flatMap((step) => [
              `${escapeMarkdown(step.pass)}: ${escapeMarkdown(step.summary)}`,
              ...step.findings.map(({ severity, message }) => `${severity}: ${escapeMarkdown(message)}`),
            ]),
          ),
        ]),
  ];
}

function bulletList(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}
