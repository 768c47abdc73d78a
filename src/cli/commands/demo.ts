/** The main job on a bundled model: detect, probe, compress, measure, evaluate, report, answer. */
import { AppError } from '#shared/app-error.ts';
import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import { isCompleted } from '#shared/answer/result-row.ts';
import { formatBytes, formatDuration } from '#shared/format.ts';
import type { Variant } from '#shared/model.ts';
import { sizeChangeText } from '#shared/text/number-text.ts';
import type { ProviderId } from '#shared/provider.ts';
import type { WorkbenchClient } from '#workbench/local-client.ts';
import type { AddCommand, CommandContext } from '../command-context.ts';
import { findVariant } from '../find-variant.ts';
import { keptText } from '../follow-experiment.ts';
import { followJob } from '../follow-job.ts';
import { parseSeconds } from '../parse-values.ts';
import { printBenchDocument } from '../print-bench-document.ts';
import { readResults, resultsText } from '../print-results.ts';
import { createProgress, type Progress } from '../progress.ts';
import { readRecipe } from '../read-recipe.ts';
import { textPlace } from '../text-table.ts';
import { factsTable } from './devices.ts';

type DemoOptions = { model: string; recipes: string; time: number };
type Session = { client: WorkbenchClient; context: CommandContext; progress: Progress };

/** Evaluating a version on a provider other than the CPU is worth so much of a demonstration's time, by its measured latency. */
const EVALUATION_LIMIT_MS = 10_000;

export const addDemo: AddCommand = (program, run) => {
  program
    .command('demo')
    .option('--model <model>', 'a model of the library, or a file', 'fashion-resnet')
    .option('--recipes <list>', 'how it is compressed, separated by commas', 'half-precision,static-int8')
    .option('--time <seconds>', 'measuring time', parseSeconds, 20)
    .description('the whole way on a bundled model: hardware, providers, compress, measure, evaluate, report, answer')
    .addHelpText(
      'after',
      '\nExamples:\n  whittle demo\n  whittle demo --model fashion-vit --recipes half-precision,dynamic-int8',
    )
    .action((options: DemoOptions, command) =>
      run(command, async ({ client, context, isJson }) => {
        const startMs = Date.now();
        const session: Session = { client, context, progress: createProgress(context.stderr) };
        const { say } = session.progress;
        const providers = await detect(session);
        const original = await findVariant(client, options.model, context.interrupted);
        say(`\n${original.name}: ${formatBytes(original.sizeBytes)}`);
        const variants = [original];
        for (const name of options.recipes.split(',')) variants.push(await compress(session, original, name.trim()));
        const { experimentId } = await measure(session, variants, providers, options.time);
        await evaluate(session, variants, await readResults(client, experimentId));
        session.progress.report(null, 'Writing the report');
        const report = await client.reports.create({ ids: [experimentId], format: 'html' });
        session.progress.clear();
        if (isJson) await printBenchDocument(client, context.stdout, experimentId);
        else
          context.stdout.write(
            `\n${resultsText(await readResults(client, experimentId), textPlace(context.stdout))}\n`,
          );
        say(`The report is at ${report.path} (all of it took ${formatDuration(Date.now() - startMs)}).`);
        say('“npm start” opens the same results in the window.');
      }),
    );
};

async function detect({ client, context, progress }: Session): Promise<ProviderId[]> {
  progress.report(null, 'Reading the hardware');
  const device = await client.devices.current({}, { signal: context.interrupted });
  progress.say(factsTable(device, textPlace(context.stderr)));
  progress.report(null, 'Trying the providers');
  const providers = await client.devices.providers({}, { signal: context.interrupted });
  for (const { id, status, reason } of providers) {
    if (status !== 'unavailable') progress.say(`${id}: ${status}${reason === null ? '' : `. ${reason}`}`);
  }
  const usable = providers.filter(({ status }) => status === 'usable').map(({ id }) => id);
  if (usable.length > 0) return usable;
  throw new AppError('provider-failed', 'No provider works on this machine; “whittle devices” says why.');
}

async function compress({ client, context, progress }: Session, parent: Variant, name: string): Promise<Variant> {
  const recipe = await readRecipe(client, name, context.interrupted);
  const request = { variantId: parent.id, recipe };
  const { jobId } = await client.recipes.compress(request, { signal: context.interrupted });
  const job = await followJob(client, jobId, { progress, interrupted: context.interrupted });
  const variant = await client.variants.get({ id: (job.result as { variantId: string }).variantId });
  progress.say(
    `${variant.name}: ${formatBytes(variant.sizeBytes)}, ${sizeChangeText(variant.sizeBytes, parent.sizeBytes)}. ${variant.steps.map((step) => step.summary).join(' ')}`,
  );
  return variant;
}

async function measure(
  { client, context, progress }: Session,
  variants: readonly Variant[],
  providers: ProviderId[],
  timeBudgetSeconds: number,
): Promise<{ experimentId: string }> {
  const plan = {
    name: `Demo of ${variants[0]?.name ?? ''}`,
    variantIds: [...new Set(variants.map(({ id }) => id))],
    providers,
    timeBudgetSeconds,
  };
  const { experimentId, jobId } = await client.experiments.start(plan, { signal: context.interrupted });
  const kept = keptText(experimentId);
  await followJob(client, jobId, { progress, interrupted: context.interrupted, kept });
  return { experimentId };
}

/** Accuracy is a property of file and provider: on the CPU always, on other providers where they are quick enough. */
async function evaluate(
  { client, context, progress }: Session,
  variants: readonly Variant[],
  { rows }: ExperimentResults,
): Promise<void> {
  const [first] = variants;
  if (!first) return;
  const { datasetId } = await client.models.get({ id: first.modelId });
  const dataset = (await client.models.datasets()).find(
    ({ family, split }) => family === datasetId && split === 'test',
  );
  const itemCount = dataset?.itemCount ?? 0;
  const variantIds = [...new Set(variants.map(({ id }) => id))];
  for (const provider of new Set(rows.map(({ run }) => run.provider))) {
    const quickIds = variantIds.filter(
      (id) =>
        provider === 'node:cpu' ||
        rows.some(
          (row) =>
            isCompleted(row) &&
            row.run.provider === provider &&
            row.run.model.sha256 === id &&
            row.run.latencyMs.median * itemCount <= EVALUATION_LIMIT_MS,
        ),
    );
    if (quickIds.length < variantIds.length) {
      progress.say(
        `Accuracy on ${provider} is not measured for each version: it would take too long for a demonstration.`,
      );
    }
    if (quickIds.length === 0) continue;
    const { jobId } = await client.quality.evaluate(
      { variantIds: quickIds, provider },
      { signal: context.interrupted },
    );
    await followJob(client, jobId, { progress, interrupted: context.interrupted });
  }
}
