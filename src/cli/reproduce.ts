/** `bench --reproduce`: measures an experiment again and says of each number whether it came back. */
import type { Command } from 'commander';
import { AppError } from '#shared/app-error.ts';
import type { Experiment } from '#shared/experiment.ts';
import { compareReproduction, type Reproduction } from '#shared/reproduction.ts';
import { repeatCells, repeatColumns, repeatConclusion, repeatNotes } from '#shared/text/reproduction-text.ts';
import { type CommandAction, type ExitStatus, exitStatus } from './command-context.ts';
import { findExperimentIds } from './find-experiment.ts';
import { findVariant } from './find-variant.ts';
import { keptText } from './follow-experiment.ts';
import { followJob } from './follow-job.ts';
import { printBenchDocument } from './print-bench-document.ts';
import { createProgress } from './progress.ts';
import { withArguments } from './refused-arguments.ts';
import { type TextPlace, textPlace, textTable, wrapText } from './text-table.ts';

/**
 * @param about.inputs where the file or the dataset of its inputs lies now
 * @param about.models files to import first, for an experiment that came from elsewhere
 * @returns the status of a gate that is not met unless every number lies inside
 */
export async function reproduce(
  { client, context, isJson }: Parameters<CommandAction>[0],
  about: { id: string; models: readonly string[]; inputs?: string | undefined; command: Command },
): Promise<ExitStatus> {
  refuseSettings(about.command);
  const [originalId = ''] = await findExperimentIds(client, [about.id]);
  for (const model of about.models) await findVariant(client, model, context.interrupted);
  const original = await client.experiments.get({ id: originalId });
  refuseWithoutResult(original, about.id);
  const { inputs } = about;
  const asked = client.experiments.reproduce(
    { id: originalId, ...(inputs === undefined ? {} : { inputs }) },
    { signal: context.interrupted },
  );
  const { experimentId, jobId } = await (inputs === undefined ? asked : withArguments(asked));
  await followJob(client, jobId, {
    progress: createProgress(context.stderr),
    interrupted: context.interrupted,
    kept: keptText(experimentId),
  });
  const repeat = await client.experiments.get({ id: experimentId });
  const runId = original.runs.find((run) => run.id === about.id)?.id;
  const reproduction = compareReproduction(original, repeat, { runId });
  if (isJson) await printBenchDocument(client, context.stdout, experimentId, { reproduction });
  else context.stdout.write(reproductionText(reproduction, experimentId, textPlace(context.stdout)));
  return reproduction.verdict === 'inside' ? exitStatus.success : exitStatus.gateNotMet;
}

/** Whether a run that gave nothing came back cannot be told, and measuring again takes time. */
function refuseWithoutResult({ name, runs }: Experiment, id: string): void {
  const run = runs.find((item) => item.id === id);
  if (run === undefined || run.status === 'completed') return;
  throw new AppError(
    'conflict',
    `The run ${id} of “${name}” is ${run.status}, so there is no result to reproduce. “whittle runs show ${id}” says why; the other runs of its experiment can be measured again by their ids, or all of them by that of the experiment.`,
  );
}

/** Where the inputs lie is no setting: they have to be the same. */
const PLACES = ['reproduce', 'inputs', 'data'];

/** Everything is that of the original; another setting would be another experiment. */
function refuseSettings(command: Command): void {
  const given = command.options.find(
    (option) =>
      !PLACES.includes(option.attributeName()) && command.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (given === undefined) return;
  throw new AppError(
    'wrong-usage',
    `${given.long ?? given.flags} cannot be given with --reproduce, which takes every setting from the original.`,
  );
}

function reproductionText(reproduction: Reproduction, experimentId: string, { width, widest }: TextPlace): string {
  const columns = repeatColumns.map(({ title, isNumber }) => ({
    title,
    ...(isNumber ? { align: 'right' as const } : {}),
  }));
  const notes = repeatNotes(reproduction).map((sentence) => wrapText(sentence, width));
  return `${textTable(columns, repeatCells(reproduction), { widest })}\n${wrapText(repeatConclusion(reproduction), width)}${notes.join('')}\nwhittle runs show ${experimentId} shows the new experiment.\n`;
}
