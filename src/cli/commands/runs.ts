import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import { exportDocumentSchema, importDocumentSchema, runsDocumentSchema } from '#shared/documents.ts';
import { formatDateTime } from '#shared/format.ts';
import { countText } from '#shared/text/number-text.ts';
import { type BoundOptions, parseBound, withBoundOptions } from '../bound-options.ts';
import type { AddCommand } from '../command-context.ts';
import { findExperimentIds } from '../find-experiment.ts';
import { followExperiment } from '../follow-experiment.ts';
import { detailsText } from '../print-details.ts';
import { printBenchDocument } from '../print-bench-document.ts';
import { operatorsText, readOperators } from '../print-operators.ts';
import { printJson } from '../print-json.ts';
import { refuseFolder } from '../refuse-folder.ts';
import { readResults, resultsText } from '../print-results.ts';
import { scenariosText } from '../print-scenarios.ts';
import { textPlace, textTable } from '../text-table.ts';

export const addRuns: AddCommand = (program, run) => {
  const runs = program
    .command('runs')
    .description('the history: lists it; or shows, exports or imports experiments with their runs')
    .addHelpText(
      'after',
      '\nExamples:\n  whittle runs\n  whittle runs show 3f2a9c11\n  whittle runs show 3f2a9c11 --operators\n  whittle runs show 3f2a9c11 --latency-bound 10 --bound-on p99\n  whittle runs resume 3f2a9c11\n  whittle runs export 3f2a9c11 -o runs.json.gz\n  whittle runs import runs.json.gz',
    )
    .action((_options, command) =>
      run(command, async ({ client, context, isJson }) => {
        const experiments = await client.experiments.list();
        if (isJson) {
          printJson(context.stdout, runsDocumentSchema, { schema: 1, experiments });
        } else if (experiments.length === 0) {
          context.stdout.write('Nothing has been measured yet. “whittle bench MODEL” measures a model.\n');
        } else {
          context.stdout.write(
            textTable(
              [
                { title: 'ID' },
                { title: 'When' },
                { title: 'Name' },
                { title: 'Status' },
                { title: 'Runs' },
                { title: 'Device' },
              ],
              experiments.map((experiment) => [
                experiment.id.slice(0, 8),
                formatDateTime(experiment.createdAtMs),
                experiment.name,
                experiment.status,
                `${experiment.completedRunCount} of ${experiment.runCount}`,
                experiment.isImported ? `${experiment.deviceName} (imported)` : experiment.deviceName,
              ]),
              textPlace(context.stdout),
            ),
          );
        }
      }),
    );

  withBoundOptions(runs.command('show').argument('<id>', 'an experiment or a run; the first eight digits do'))
    .option('--operators', 'where the time of each run goes, by operator')
    .option('--details', 'also phases, memory and what the machine did meanwhile')
    .description('one experiment with all its runs')
    .action((id: string, options: BoundOptions & { operators?: boolean; details?: boolean }, command) =>
      run(command, async ({ client, context, isJson }) => {
        const bound = parseBound(options);
        const [experimentId = ''] = await findExperimentIds(client, [id]);
        if (isJson) {
          if (options.operators !== true) return printBenchDocument(client, context.stdout, experimentId, bound);
          const runIds = (await client.experiments.get({ id: experimentId })).runs.map((item) => item.id);
          const operators = await readOperators(client, runIds);
          return printBenchDocument(client, context.stdout, experimentId, { ...bound, operators });
        }
        const results = await readResults(client, experimentId, bound.latencyBound);
        const place = textPlace(context.stdout);
        const { name, createdAtMs, deviceName, status } = results.experiment;
        context.stdout.write(
          `${name}, ${formatDateTime(createdAtMs)}, ${status}\n${deviceName}\n\n${resultsText(results, place)}${scenariosText(results, place)}`,
        );
        if (options.operators === true) context.stdout.write(`\n${await operatorsText(client, results, place)}`);
        if (options.details === true) context.stdout.write(`\n${await detailsText(client, results, place)}`);
      }),
    );

  runs
    .command('resume')
    .argument('<id>', 'an experiment that was cancelled, interrupted or failed, or a run of it')
    .description('goes on with an experiment: what it measured is kept, and the rest of its time is used')
    .action((id: string, _options, command) =>
      run(command, async (about) => {
        const { client } = about;
        const [experimentId = ''] = await findExperimentIds(client, [id]);
        const { name, status, jobId, isImported } = await client.experiments.get({ id: experimentId });
        if (jobId === null || isImported) {
          throw new AppError('conflict', 'This experiment was imported: it can go on only where it was begun.');
        }
        if (status === 'completed') {
          throw new AppError(
            'conflict',
            `“${name}” is completed: there is nothing left to go on with. “whittle bench --reproduce ${id}” measures it again.`,
          );
        }
        await client.jobs.resume({ id: jobId });
        return followExperiment(about, { experimentId, jobId });
      }),
    );

  runs
    .command('export')
    .argument('<ids...>', 'experiments or runs')
    .requiredOption('-o, --output <file>', 'the file to write; gzipped when it ends with .gz')
    .description('writes experiments with every raw sample to one file that “runs import” reads')
    .action((ids: string[], options: { output: string }, command) =>
      run(command, async ({ client, context, isJson }) => {
        refuseFolder(resolve(options.output), 'runs.json.gz');
        const exported = await client.runs.export({
          ids: await findExperimentIds(client, ids),
          path: resolve(options.output),
        });
        if (isJson) printJson(context.stdout, exportDocumentSchema, { schema: 1, ...exported });
        else {
          context.stdout.write(
            `${countText(exported.experimentCount, 'experiment')} with ${countText(exported.runCount, 'run')} written to ${exported.path}.\n`,
          );
        }
      }),
    );

  runs
    .command('import')
    .argument('<file>', 'a file that “runs export” wrote')
    .description('adds the experiments of a file to the history')
    .action((file: string, _options, command) =>
      run(command, async ({ client, context, isJson }) => {
        const path = resolve(file);
        if (!existsSync(path)) throw new AppError('wrong-usage', `There is no file ${path}.`);
        const imported = await client.runs.import({ path });
        if (isJson) printJson(context.stdout, importDocumentSchema, { schema: 1, ...imported });
        else {
          const skipped =
            imported.skippedCount === 0 ? '' : ` ${countText(imported.skippedCount, 'run')} was here already.`;
          context.stdout.write(
            `${countText(imported.experimentIds.length, 'experiment')} with ${countText(imported.runCount, 'run')} imported.${skipped}\n`,
          );
        }
      }),
    );
};
