/** `bench --reproduce`: measures an experiment again and says of each number whether it came back. */
import type { Command } from 'commander';
import { AppError } from '#shared/app-error.ts';
import { compareReproduction, type Reproduction } from '#shared/reproduction.ts';
import { countText, msText, NOT_KNOWN } from '#shared/text/number-text.ts';
import { type CommandAction, type ExitStatus, exitStatus } from './command-context.ts';
import { findExperimentIds } from './find-experiment.ts';
import { findVariant } from './find-variant.ts';
import { followJob } from './follow-job.ts';
import { printBenchDocument } from './print-bench-document.ts';
import { createProgress } from './progress.ts';
import { textTable } from './text-table.ts';

/**
 * @param about.models files to import first, for an experiment that came from elsewhere
 * @returns the status of a gate that is not met unless every number lies inside
 */
export async function reproduce(
  { client, context, isJson }: Parameters<CommandAction>[0],
  about: { id: string; models: readonly string[]; command: Command },
): Promise<ExitStatus> {
  refuseSettings(about.command);
  const [originalId = ''] = await findExperimentIds(client, [about.id]);
  for (const model of about.models) await findVariant(client, model);
  const original = await client.experiments.get({ id: originalId });
  const { experimentId, jobId } = await client.experiments.reproduce({ id: originalId });
  const kept = `What was measured is kept: whittle runs show ${experimentId}`;
  await followJob(client, jobId, {
    progress: createProgress(context.stderr),
    interrupted: context.interrupted,
    kept,
  });
  const repeat = await client.experiments.get({ id: experimentId });
  const runId = original.runs.find((run) => run.id === about.id)?.id;
  const reproduction = compareReproduction(original, repeat, { runId });
  if (isJson) await printBenchDocument(client, context.stdout, experimentId, { reproduction });
  else context.stdout.write(reproductionText(reproduction, experimentId));
  return reproduction.verdict === 'inside' ? exitStatus.success : exitStatus.gateNotMet;
}

/** Everything is that of the original; another setting would be another experiment. */
function refuseSettings(command: Command): void {
  const given = command.options.find(
    (option) =>
      option.attributeName() !== 'reproduce' && command.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (given === undefined) return;
  throw new AppError(
    'wrong-usage',
    `${given.long ?? given.flags} cannot be given with --reproduce, which takes every setting from the original.`,
  );
}

function reproductionText({ runs, comparisons, changes, verdict }: Reproduction, experimentId: string): string {
  const columns = [
    { title: '' },
    { title: 'Before', align: 'right' as const },
    { title: 'Again', align: 'right' as const },
    { title: 'Expected', align: 'right' as const },
    { title: 'Verdict' },
  ];
  const ratioText = (value: number): string => `${value.toFixed(3)}×`;
  const rows = [
    ...runs.map((item) => row(`${item.model}, median ms`, item, msText)),
    ...comparisons.map((item) => row(`${item.candidate} against ${item.baseline}, speed`, item, ratioText)),
  ];
  const outsideCount = [...runs, ...comparisons].filter((item) => item.verdict === 'outside').length;
  const conclusion = {
    inside: 'It repeats: every number lies where it was expected.',
    outside: `It does not repeat: ${countText(outsideCount, 'number')} outside of what was expected.`,
    unknown: 'Not every number has an interval, so not all can be judged. Measure longer.',
  }[verdict];
  const changed = changes.map(({ what, before, after }) => `${what} was ${before} and is ${after}.\n`);
  return `${textTable(columns, rows)}\n${conclusion}\n${changed.join('')}\nwhittle runs show ${experimentId} shows the new experiment.\n`;
}

type Judged = Reproduction['runs'][number] | Reproduction['comparisons'][number];

function row(
  title: string,
  { original, repeat, expected, verdict }: Judged,
  text: (value: number) => string,
): string[] {
  return [
    title,
    original === null ? NOT_KNOWN : text(original.estimate),
    repeat === null ? NOT_KNOWN : text(repeat.estimate),
    expected === null ? NOT_KNOWN : `${text(expected.low)}–${text(expected.high)}`,
    verdict,
  ];
}
