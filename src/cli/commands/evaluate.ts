import { resolve } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import { evaluateDocumentSchema } from '#shared/documents.ts';
import { agreementText, cosineText } from '#shared/text/fidelity-text.ts';
import { formatCount } from '#shared/format.ts';
import type { Variant } from '#shared/model.ts';
import type { ProviderId } from '#shared/provider.ts';
import type { Quality } from '#shared/quality.ts';
import { datasetText, evaluatedDataText } from '#shared/text/case-text.ts';
import { pointsText, pValueText, shareIntervalText, shareText } from '#shared/text/number-text.ts';
import type { AddCommand } from '../command-context.ts';
import { findVariant } from '../find-variant.ts';
import { followJob } from '../follow-job.ts';
import { parseInteger, parseProvider } from '../parse-values.ts';
import { printJson } from '../print-json.ts';
import { createProgress } from '../progress.ts';
import { factLines, type TextPlace, textPlace } from '../text-table.ts';
import { withArguments } from '../refused-arguments.ts';
import { dataIdOf } from './compress.ts';

type EvaluateOptions = {
  data?: string;
  inputs?: string;
  labels?: string;
  reference?: string;
  provider: ProviderId;
  limit?: number;
};

export const addEvaluate: AddCommand = (program, run) => {
  program
    .command('evaluate')
    .argument('<model>', 'an ONNX file, or a model of the library by its name or hash')
    .option(
      '--data <dataset>',
      'a dataset or a folder with one (default: what the model is tied to, else generated inputs)',
    )
    .option(
      '--inputs <file>',
      'a .npz file with an array for each input by its name, or a .npy file; without --labels it tells fidelity only',
    )
    .option('--labels <name>', 'the array of the .npz file with the class of each row, whole numbers from 0')
    .option('--reference <model>', 'what it is compared with (default: its original)')
    .option('--provider <provider>', 'where it runs; accuracy differs between providers', parseProvider, 'node:cpu')
    .option('--limit <items>', 'only the first so many items', (text) =>
      parseInteger(text, { of: 'a number of items', min: 1, max: 2 ** 31 }),
    )
    .description('quality: accuracy on labelled data, and fidelity to the original')
    .addHelpText(
      'after',
      '\nExamples:\n  whittle evaluate fashion-resnet\n  whittle evaluate small.onnx --reference model.onnx --data ./my-images --json\n  whittle evaluate small.onnx --inputs test.npz --labels y --limit 1000',
    )
    .action((model: string, options: EvaluateOptions, command) =>
      run(command, async ({ client, context, isJson }) => {
        if (options.inputs !== undefined && options.data !== undefined) {
          throw new AppError(
            'wrong-usage',
            'Inputs come from a file (--inputs) or from a dataset (--data), not from both.',
          );
        }
        if (options.labels !== undefined && options.inputs === undefined) {
          throw new AppError(
            'wrong-usage',
            '--labels names an array of the file that --inputs names; datasets bring their labels along.',
          );
        }
        const { interrupted } = context;
        const progress = createProgress(context.stderr);
        const variant = await findVariant(client, model, interrupted);
        const reference =
          options.reference === undefined ? null : await findVariant(client, options.reference, interrupted);
        const request = {
          variantIds: [variant.id],
          provider: options.provider,
          ...(options.data === undefined ? {} : { datasetId: dataIdOf(options.data) }),
          ...(options.inputs === undefined ? {} : { inputsPath: resolve(options.inputs) }),
          ...(options.labels === undefined ? {} : { labels: options.labels }),
          ...(reference === null ? {} : { referenceId: reference.id }),
          ...(options.limit === undefined ? {} : { limit: options.limit }),
        };
        const { jobId } = await withArguments(client.quality.evaluate(request, { signal: interrupted }));
        const job = await followJob(client, jobId, { progress, interrupted });
        const [id] = (job.result as { qualityIds: [string] }).qualityIds;
        const quality = await client.quality.get({ id });
        const compared = quality.referenceId === null ? null : await client.variants.get({ id: quality.referenceId });
        const isGenerated = quality.datasetId === 'generated';
        if (isGenerated) {
          progress.say(
            'Generated inputs are used: no dataset was named, and the model is tied to none. They tell fidelity, not accuracy.',
          );
        }
        if (isJson) {
          const known = (await client.models.datasets()).find((dataset) => dataset.id === quality.datasetId);
          printJson(context.stdout, evaluateDocumentSchema, {
            schema: 1,
            model: fileOf(variant),
            reference: compared && fileOf(compared),
            dataset: {
              id: quality.datasetId,
              title: known?.title ?? datasetText(quality.datasetId),
              isGenerated,
            },
            provider: quality.provider,
            itemCount: quality.itemCount,
            metrics: quality.metrics,
            fidelity: quality.fidelity,
            paired: quality.paired,
          });
        } else
          context.stdout.write(qualityText(variant, { reference: compared, quality, ...textPlace(context.stdout) }));
      }),
    );
};

function fileOf({ name, path, id, sizeBytes }: Variant) {
  return { name, path, sha256: id, sizeBytes };
}

function qualityText(
  variant: Variant,
  { reference, quality, widest }: TextPlace & { reference: Variant | null; quality: Quality },
): string {
  const { metrics, fidelity, paired, itemCount } = quality;
  const facts: [string, string][] = [
    ['Model', variant.name],
    ['Provider', quality.provider],
    ['Data', `${evaluatedDataText(quality)}, ${formatCount(itemCount)} items`],
  ];
  for (const [name, metric] of [['Top-1', metrics.top1] as const, ['Top-5', metrics.top5] as const]) {
    if (metric) {
      facts.push([
        name,
        `${shareText(metric.value, itemCount)} (${formatCount(metric.count)} correct; 95 % interval ${shareIntervalText(metric, itemCount)})`,
      ]);
    }
  }
  if (reference) facts.push(['Reference', reference.name]);
  if (paired) {
    facts.push([
      'Difference',
      `${pointsText(paired.difference)} points (95 % interval ${pointsText(paired.ciLow)} to ${pointsText(paired.ciHigh)}, p ${pValueText(paired.pValue)}): ${paired.verdict}`,
    ]);
  }
  if (fidelity) {
    facts.push(['Cosine', cosineText(fidelity.cosine)]);
    facts.push(['SQNR', fidelity.sqnrDb === null ? 'the outputs are identical' : `${fidelity.sqnrDb.toFixed(1)} dB`]);
    facts.push(['Largest error', fidelity.maxAbsoluteError.toPrecision(3)]);
    if (fidelity.klDivergence !== null) facts.push(['KL divergence', `${fidelity.klDivergence.toPrecision(3)} nats`]);
    if (fidelity.top1Agreement !== null) {
      facts.push([
        'Agreement',
        `${agreementText(fidelity.top1Agreement, itemCount)} have the same top-1 class (${formatCount(fidelity.top1AgreementCount)})`,
      ]);
    }
  }
  return factLines(facts, { widest });
}
