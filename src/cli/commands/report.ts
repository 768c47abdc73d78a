import { Option } from 'commander';
import { resolve } from 'node:path';
import { reportDocumentSchema } from '#shared/documents.ts';
import { formatBytes } from '#shared/format.ts';
import { reportFormatSchema, type ReportFormat } from '#shared/report.ts';
import { type BoundOptions, parseBound, withBoundOptions } from '../bound-options.ts';
import type { AddCommand } from '../command-context.ts';
import { findExperimentIds } from '../find-experiment.ts';
import { withArguments } from '../refused-arguments.ts';
import { refuseFolder } from '../refuse-folder.ts';
import { printJson } from '../print-json.ts';

type ReportOptions = BoundOptions & { format: ReportFormat; output?: string; title?: string };

export const addReport: AddCommand = (program, run) => {
  withBoundOptions(program.command('report').argument('<ids...>', 'experiments or runs; “whittle runs” lists them'))
    .addOption(new Option('-f, --format <format>', 'what it is').choices(reportFormatSchema.options).default('html'))
    .option('-o, --output <file>', 'the file to write (default: kept in the library)')
    .option('--title <title>', 'its title (default: the names of the experiments)')
    .description('a report that can be sent: self-contained, with everything that is needed to run it again')
    .addHelpText(
      'after',
      '\nExamples:\n  whittle report 3f2a9c11 --format html -o report.html\n  whittle report 3f2a9c11 77d0e2aa --format md -o report.md',
    )
    .action((ids: string[], options: ReportOptions, command) =>
      run(command, async ({ client, context, isJson }) => {
        const bound = parseBound(options);
        if (options.output !== undefined) refuseFolder(resolve(options.output), `report.${options.format}`);
        const report = await withArguments(
          client.reports.create(
            {
              ids: await findExperimentIds(client, ids),
              format: options.format,
              ...bound,
              ...(options.title === undefined ? {} : { title: options.title }),
              ...(options.output === undefined ? {} : { path: resolve(options.output) }),
            },
            { signal: context.interrupted },
          ),
        );
        if (isJson) printJson(context.stdout, reportDocumentSchema, { schema: 1, report });
        else context.stdout.write(`“${report.title}” (${formatBytes(report.sizeBytes)}) is at ${report.path}.\n`);
      }),
    );
};
