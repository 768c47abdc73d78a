/** Waits for an experiment with its progress, and prints what it found. */
import { type CommandAction, type ExitStatus, exitStatus } from './command-context.ts';
import { followJob } from './follow-job.ts';
import { printBenchDocument } from './print-bench-document.ts';
import { detailsText } from './print-details.ts';
import { readResults, resultsText } from './print-results.ts';
import { scenariosText } from './print-scenarios.ts';
import { createProgress } from './progress.ts';
import { textPlace } from './text-table.ts';

/** What is said of an experiment that was cancelled. */
export function keptText(experimentId: string): string {
  return `What was measured is kept: whittle runs show ${experimentId}\nwhittle runs resume ${experimentId} goes on with it.`;
}

/** Errors: those of the job; with `--json` they are a sentence beside the document, which tells of each run what happened to it. */
export async function followExperiment(
  { client, context, isJson }: Parameters<CommandAction>[0],
  { experimentId, jobId }: { experimentId: string; jobId: string },
): Promise<ExitStatus> {
  const progress = createProgress(context.stderr);
  const { interrupted } = context;
  let failure: unknown = null;
  await followJob(client, jobId, { progress, interrupted, kept: keptText(experimentId) }).catch((error: unknown) => {
    failure = error;
  });
  if (isJson) {
    await printBenchDocument(client, context.stdout, experimentId);
    if (failure === null) return exitStatus.success;
    context.stderr.write(`whittle: ${(failure as Error).message}\n`);
    return exitStatus.failed;
  }
  if (failure !== null) throw failure;
  const results = await readResults(client, experimentId);
  const place = textPlace(context.stdout);
  const { idleSeconds, sustainedSeconds, compareArena } = results.experiment.plan;
  const isDetailed = idleSeconds.length > 0 || sustainedSeconds > 0 || compareArena;
  const details = isDetailed ? `\n${await detailsText(client, results, place)}` : '';
  context.stdout.write(
    `${resultsText(results, place)}${scenariosText(results, place)}${details}\nwhittle report ${experimentId} --format html -o report.html makes a report of it.\n`,
  );
  return exitStatus.success;
}
