/** The report without charts, for pull requests and wikis. */
import { type Answer, QUESTION } from '#shared/answer/answer.ts';
import { isBeyondCpu } from './beyond-cpu.ts';
import { detailBlocks } from './markdown/details.ts';
import { environmentList, fileBlocks, rerunBlocks } from './markdown/sections.ts';
import { operatorBlocks } from './markdown/operators.ts';
import { reproductionBlocks } from './markdown/reproduction.ts';
import { scenarioBlocks } from './markdown/scenarios.ts';
import { sweetSpotBlocks } from './markdown/sweet-spot.ts';
import { latencyTable, providersTable, qualityTable, summaryTable, unfinishedTable } from './markdown/tables.ts';
import { bulletList, escapeMarkdown } from './markdown/text.ts';
import { methodParagraphs } from './method-text.ts';
import { utcText } from '#shared/text/number-text.ts';
import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import { deriveAllResults, fileNamesOf, filesOf, type ReportContent } from './report-content.ts';
import { isMeasured } from '#shared/answer/result-row.ts';
import { timeTables } from './time-tables.ts';
import type { ReportWriter } from './report-writer.ts';

export const markdownReport: ReportWriter = {
  mediaType: 'text/markdown; charset=utf-8',
  extension: '.md',
  render(content) {
    const { title, createdAtMs, environment } = content;
    const blocks = [
      `# ${escapeMarkdown(title)}`,
      `Report of ${utcText(createdAtMs)}, made by Whittle ${environment.whittleVersion}`,
      ...deriveAllResults(content).flatMap((about) => experimentBlocks(about, content)),
      '## Versions',
      ...filesOf(content).flatMap((file) => fileBlocks(file, content.variants)),
      '## How it was measured',
      ...methodParagraphs(content.experiments.map(({ plan }) => plan)).map(
        (paragraph) => `**${paragraph.title}.** ${paragraph.text}`,
      ),
    ];
    return `${blocks.join('\n\n')}\n`;
  },
};

function experimentBlocks(about: ExperimentResults, content: ReportContent): string[] {
  const { experiment, rows, answers, sweeps, notes, unfinishedRows, quality } = about;
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
    ...(rows.some(isBeyondCpu)
      ? ['### Providers: same results, and where the nodes ran', providersTable(rows.filter(isBeyondCpu))]
      : []),
    ...sweetSpotBlocks(sweeps),
    ...scenarioBlocks(about),
    ...reproductionBlocks(content.reproductionsById?.get(experiment.id)),
    ...(rows.some(isMeasured) ? ['### Latency in detail', 'All times in milliseconds.', latencyTable(rows)] : []),
    ...operatorBlocks(timeTables(about, content)),
    ...detailBlocks(about, content),
    '### Accuracy and fidelity',
    quality.length === 0
      ? 'Neither was measured for these files on this device.'
      : qualityTable(quality, fileNamesOf(content)),
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
