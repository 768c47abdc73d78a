import { type Answer, QUESTION } from '#shared/answer/answer.ts';
import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import { runNumbersText } from '#shared/text/run-numbers-text.ts';
import { fileNamesOf, type ReportContent } from '../report-content.ts';
import { timeTables } from '../time-tables.ts';
import { heading, list } from './elements.ts';
import { detailsTable } from './details-section.ts';
import { environmentFacts, rerunSection } from './environment-section.ts';
import { figures } from './figures-section.ts';
import { operatorsSection } from './operators-section.ts';
import { providersTable } from './providers-section.ts';
import { qualityTables } from './quality-section.ts';
import { reproductionSection } from './reproduction-section.ts';
import { scenariosSection } from './scenarios-section.ts';
import { sweetSpotSection } from './sweet-spot-section.ts';
import { latencyTable, summaryTable, unfinishedTable } from './summary-section.ts';
import { html, type Html } from './template.ts';

/** @param options.level of the headings inside. @param options.index counts the experiments of the report */
export function experimentSection(
  about: ExperimentResults,
  content: ReportContent,
  options: { level: number; index: number },
): Html {
  const { level, index } = options;
  const { experiment } = about;
  const id = `e${index + 1}`;
  const latency = latencyTable(about);
  const operators = operatorsSection(timeTables(about, content));
  const details = detailsTable(about, content);
  const unfinished = unfinishedTable(about);
  const providers = providersTable(about);
  const reproduction = content.reproductionsById?.get(experiment.id);
  return html`${statusNote(about)}${answerBoxes(about.answers)} ${heading(level, 'Results', `${id}-results`)}
  ${summaryTable(about)}${notesList(about)}
  ${
    unfinished === null ? null : html`${heading(level, 'What could not be measured', `${id}-unfinished`)} ${unfinished}`
  }${
    providers === null
      ? null
      : html`${heading(level, 'Providers: same results, and where the nodes ran', `${id}-providers`)} ${providers}`
  }${sweetSpotSection(about.sweeps, { level, id })}${scenariosSection(about, { level, id })}${
    reproduction === undefined ? null : reproductionSection(reproduction, { level, id })
  }${heading(level, 'Charts', `${id}-charts`)}
  ${figures(about, content, id) ?? html`<p>No run has times to draw.</p>`}
  ${heading(level, 'Accuracy and fidelity', `${id}-quality`)} ${qualityTables(about.quality, fileNamesOf(content))}
  ${latency === null ? null : html`${heading(level, 'Latency in detail', `${id}-latency`)} ${latency}`}${
    operators === null ? null : html`${heading(level, 'Where the time goes', `${id}-operators`)} ${operators}`
  }${details === null ? null : html`${heading(level, 'Phases and memory', `${id}-details`)} ${details}`}${heading(level, 'Environment', `${id}-environment`)}
  ${environmentFacts(experiment)}${heading(level, 'Run it again', `${id}-again`)}
  ${rerunSection(about, content.variants, level + 1)}`;
}

function answerBoxes(answers: readonly Answer[]): Html {
  return html`<section class="answers">
    <p class="question">${QUESTION}</p>
    ${answers.map(
      ({ batchSize, headline, evidence, caveats }) =>
        html`<div class="answer">
          ${answers.length > 1 ? html`<p class="question">At batch ${batchSize}</p>` : null}
          <p class="headline">${headline}</p>
          ${list(evidence)}${list(caveats, 'caveats')}
        </div> `,
    )}
  </section> `;
}

function statusNote({ experiment }: ExperimentResults): Html | null {
  if (experiment.status === 'completed') return null;
  const text = {
    pending: 'This experiment has not begun.',
    running: 'This experiment is still being measured: the figures are not final.',
    failed: 'This experiment failed.',
    cancelled: 'This experiment was cancelled; what it had measured by then is shown.',
    interrupted: 'This experiment was interrupted; what it had measured by then is shown.',
  }[experiment.status];
  return html`<p class="status">
    <strong>${text}</strong>${experiment.error === null ? null : ` ${experiment.error.message}`}
  </p> `;
}

function notesList({ notes, rows }: ExperimentResults): Html | null {
  if (notes.length === 0) return null;
  return html`<p>Notes on these runs:</p>
    ${list(
      notes.map(
        ({ message, runNumbers }) =>
          html`${message} <span class="muted">(${runNumbersText(runNumbers, rows.length)})</span>`,
      ),
    )} `;
}
