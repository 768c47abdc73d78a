import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { AppError } from '#shared/app-error.ts';
import { compressDocumentSchema } from '#shared/documents.ts';
import { formatBytes, formatMs } from '#shared/format.ts';
import { agreementText, cosineText } from '#shared/text/fidelity-text.ts';
import { type CompressResult, compressResultSchema, type Finding, type Variant } from '#shared/model.ts';
import { bySeverity, CHECKS_TITLE, subjectsText } from '#shared/text/finding-text.ts';
import { datasetText } from '#shared/text/case-text.ts';
import { sizeChangeText } from '#shared/text/number-text.ts';
import { requireWritable } from '#workbench/transfer/require-writable.ts';
import type { AddCommand } from '../command-context.ts';
import { findVariant } from '../find-variant.ts';
import { followJob } from '../follow-job.ts';
import { printJson } from '../print-json.ts';
import { createProgress } from '../progress.ts';
import { protectModel, protectWeights } from '../protect-files.ts';
import { withArguments } from '../refused-arguments.ts';
import { refuseFolder } from '../refuse-folder.ts';
import { readRecipe } from '../read-recipe.ts';
import { textPlace, wrapText } from '../text-table.ts';

type CompressOptions = { recipe: string; output: string; data?: string; inputs?: string; name?: string };

/** No recipe makes a file smaller than 2 bits for each of its 32. */
const MOST_SHRINKING = 16;

/** Of nodes, for each finding; --json gives all that are kept. */
const MOST_NAMES = 3;

export const addCompress: AddCommand = (program, run) => {
  program
    .command('compress')
    .argument('<model>', 'an ONNX file, or a model of the library by its name or hash')
    .requiredOption(
      '-r, --recipe <recipe>',
      'a preset, a pass, a saved recipe, or a file with one; “whittle recipes” lists them',
    )
    .requiredOption(
      '-o, --output <file>',
      'where the compressed model is written; a folder that does not exist is made',
    )
    .option(
      '--data <dataset>',
      'calibration data: a dataset or a folder (default: what the model is tied to, else generated inputs)',
    )
    .option(
      '--inputs <file>',
      'calibration data of any model: a .npz file with an array for each input by its name, whose first axis counts items',
    )
    .option('--name <name>', 'its name in the library')
    .description('makes a variant: compresses, checks that it loads and runs, and compares it with its parent')
    .addHelpText(
      'after',
      '\nExamples:\n  whittle compress model.onnx --recipe half-precision -o model.half.onnx\n  whittle compress model.onnx -r my-recipe.json -o small.onnx --json',
    )
    .action((model: string, options: CompressOptions, command) =>
      run(command, async ({ client, context, isJson }) => {
        if (options.inputs !== undefined && options.data !== undefined) {
          throw new AppError(
            'wrong-usage',
            'Calibration data come from a file (--inputs) or from a dataset (--data), not from both.',
          );
        }
        const output = resolve(options.output);
        refuseFolder(output, 'small.onnx');
        protectModel(resolve(model), output);
        await requireWritable(output);
        const progress = createProgress(context.stderr);
        const recipe = await readRecipe(client, options.recipe, context.interrupted);
        const parent = await findVariant(client, model, context.interrupted);
        protectModel(parent.path, output);
        await requireWritable(output, parent.sizeBytes / MOST_SHRINKING);
        const request = {
          variantId: parent.id,
          recipe,
          ...(options.data === undefined ? {} : { datasetId: dataIdOf(options.data) }),
          ...(options.inputs === undefined ? {} : { inputsPath: resolve(options.inputs) }),
          ...(options.name === undefined ? {} : { name: options.name }),
        };
        const { jobId } = await withArguments(client.recipes.compress(request, { signal: context.interrupted }), [
          'not-found',
        ]);
        const job = await followJob(client, jobId, { progress, interrupted: context.interrupted });
        const result = compressResultSchema.parse(job.result);
        const variant = await client.variants.get({ id: result.variantId });
        protectWeights(resolve(model), output, {
          weights: parent.inspection.externalDataFiles,
          written: variant.inspection.externalDataFiles,
          keptAs: variant.name,
        });
        if (!existsSync(dirname(output))) progress.say(`The folder ${dirname(output)} does not exist, and is made.`);
        const { path } = await client.variants.export({ id: variant.id, path: output }).catch((error: unknown) => {
          progress.say(`The result is kept in the library as “${variant.name}”.`);
          throw error;
        });
        if (isJson) {
          const file = (item: Variant, at: string) => ({
            name: item.name,
            path: at,
            sha256: item.id,
            sizeBytes: item.sizeBytes,
          });
          const document: z.input<typeof compressDocumentSchema> = {
            schema: 1,
            variant: file(variant, path),
            isNew: result.isNew,
            parent: file(parent, parent.path),
            recipe: variant.recipe ?? recipe,
            steps: result.steps,
            checks: result.checks,
            fidelity: result.fidelity,
            findings: [...result.steps.flatMap((step) => step.findings), ...result.checks],
          };
          printJson(context.stdout, compressDocumentSchema, document);
        } else context.stdout.write(variantText(variant, { parent, path, result, ...textPlace(context.stdout) }));
      }),
    );
};

/** A dataset's id as it is; a path made absolute, because the workbench has no working folder. */
export function dataIdOf(text: string): string {
  if (text.trim() === '') throw new AppError('wrong-usage', 'No dataset is named after --data.');
  return /^[./\\~]|^[A-Za-z]:[/\\]/.test(text) ? resolve(text) : text;
}

function variantText(
  variant: Variant,
  { parent, path, result, width }: { parent: Variant; path: string; result: CompressResult; width: number },
): string {
  const { steps, checks, fidelity, isNew } = result;
  const lines = [
    wrapText(
      `${basename(path)}: ${formatBytes(variant.sizeBytes)}, ${sizeChangeText(variant.sizeBytes, parent.sizeBytes)} than ${formatBytes(parent.sizeBytes)} of ${parent.name}.`,
      width,
    ),
  ];
  for (const step of steps) {
    lines.push(wrapText(`${step.pass} (${formatMs(step.durationMs)}): ${step.summary}`, width));
    lines.push(...bySeverity(step.findings).map((finding) => findingText(finding, width)));
  }
  if (checks.length > 0)
    lines.push(`${CHECKS_TITLE}:\n`, ...bySeverity(checks).map((finding) => findingText(finding, width)));
  if (fidelity) {
    const agreement =
      fidelity.top1Agreement === null
        ? ''
        : `, the same top-1 class on ${agreementText(fidelity.top1Agreement, fidelity.itemCount)} of them`;
    lines.push(
      wrapText(
        `Beside its parent on ${fidelity.itemCount} ${fidelity.inputs === 'generated' ? 'generated inputs' : `items of ${datasetText(fidelity.inputs)}`}: cosine ${cosineText(fidelity.cosine)}${agreement}.`,
        width,
      ),
    );
  }
  lines.push(
    wrapText(
      isNew
        ? `Written to ${path}, and kept in the library as “${variant.name}”.`
        : `Written to ${path}; it is the same file as “${variant.name}” in the library.`,
      width,
    ),
  );
  return lines.join('');
}

function findingText(finding: Finding, width: number): string {
  const { severity, message, subjects } = finding;
  const names = subjects.length === 0 ? '' : ` (${subjectsText(finding, MOST_NAMES)})`;
  return wrapText(`${severity === 'warning' ? 'Warning: ' : ''}${message}${names}`, width, '  ');
}
