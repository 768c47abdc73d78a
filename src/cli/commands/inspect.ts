import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { z } from 'zod';
import { inspectDocumentSchema } from '#shared/documents.ts';
import { formatBytes, formatCount } from '#shared/format.ts';
import type { GeneratedInputs } from '#shared/input-forecast.ts';
import type { ModelInspection, TensorInfo } from '#shared/model.ts';
import { assumedText, inputValuesText } from '#shared/text/input-text.ts';
import type { AddCommand } from '../command-context.ts';
import { findVariant } from '../find-variant.ts';
import { printJson } from '../print-json.ts';
import { factLines, type TextPlace, textPlace, textTable, wrapText } from '../text-table.ts';

export const addInspect: AddCommand = (program, run) => {
  program
    .command('inspect')
    .argument('<model>', 'an ONNX file, or a model of the library by its name or hash')
    .description(
      'inputs, outputs, opset, operators, parameters, MACs, bytes per dtype, and what would be generated as inputs; runs and imports nothing',
    )
    .addHelpText('after', '\nExamples:\n  whittle inspect model.onnx\n  whittle inspect fashion-vit --json')
    .action((model: string, _options, command) =>
      run(command, async ({ client, context, isJson }) => {
        const signal = context.interrupted;
        const path = existsSync(resolve(model)) ? resolve(model) : (await findVariant(client, model, signal)).path;
        const inspection = await client.models.inspect({ path }, { signal });
        const generatedInputs = await client.models.generatedInputs({ path }, { signal });
        if (isJson) {
          const model = { ...inspection, path };
          const document: z.infer<typeof inspectDocumentSchema> = { schema: 1, model, generatedInputs };
          printJson(context.stdout, inspectDocumentSchema, document);
        } else
          context.stdout.write(
            inspectionText(path, { inspection, generated: generatedInputs, ...textPlace(context.stdout) }),
          );
      }),
    );
};

function inspectionText(
  path: string,
  about: TextPlace & { inspection: ModelInspection; generated: GeneratedInputs },
): string {
  const { inspection, generated } = about;
  const { opsets, operators, bytesByDtype, metadata } = inspection;
  const facts: [string, string][] = [
    ['File', path],
    ['SHA-256', inspection.sha256],
    ['Size', formatBytes(inspection.sizeBytes)],
    ['Producer', inspection.producer ?? 'not named'],
    ['IR version', String(inspection.irVersion)],
    [
      'Opsets',
      Object.entries(opsets)
        .map(([domain, version]) => `${domain} ${version}`)
        .join(', '),
    ],
    ['Nodes', formatCount(inspection.nodeCount)],
    ['Parameters', formatCount(inspection.parameterCount)],
    [
      'MACs',
      inspection.macs === null
        ? 'unknown (not all shapes are known)'
        : `${formatCount(inspection.macs)} per inference at batch 1`,
    ],
    [
      'Weights',
      Object.entries(bytesByDtype)
        .map(([dtype, sizeBytes]) => `${dtype} ${formatBytes(sizeBytes)}`)
        .join(', ') || 'none',
    ],
    ...inspection.externalDataFiles.map((name): [string, string] => ['External data', name]),
    ...Object.entries(metadata).map(([name, value]): [string, string] => [
      name,
      value.length > 100 ? `${value.slice(0, 99)}…` : value,
    ]),
  ];
  const operatorRows = Object.entries(operators)
    .sort(([firstName, first], [secondName, second]) => second - first || firstName.localeCompare(secondName))
    .map(([name, count]) => [name, formatCount(count)]);
  return [
    factLines(facts, about),
    tensorTable('Input', inspection.inputs, about),
    tensorTable('Output', inspection.outputs, about),
    generatedText(generated, about),
    textTable([{ title: 'Operator' }, { title: 'Count', align: 'right' }], operatorRows, about),
  ].join('\n');
}

/** What the model is run on where no inputs are named. */
function generatedText({ inputs, refusal }: GeneratedInputs, { width, widest }: TextPlace): string {
  if (refusal !== null) return wrapText(refusal, width);
  const hasAssumed = inputs.some(({ assumed }) => assumed.length > 0);
  const table = textTable(
    [{ title: 'Without data' }, { title: 'Shape' }, { title: 'Values' }, ...(hasAssumed ? [{ title: 'Assumed' }] : [])],
    inputs.map((input) => [
      input.name,
      `[${input.shape.join(', ')}]`,
      inputValuesText(input),
      ...(hasAssumed ? [assumedText(input)] : []),
    ]),
    { widest },
  );
  return hasAssumed
    ? table +
        wrapText(
          'Other sizes: --dimension NAME=SIZE of “whittle bench”; --inputs FILE gives arrays of your own.',
          width,
        )
    : table;
}

function tensorTable(title: string, tensors: readonly TensorInfo[], { widest }: TextPlace): string {
  return textTable(
    [{ title }, { title: 'Dtype' }, { title: 'Shape' }],
    tensors.map(({ name, dtype, shape }) => [
      name,
      dtype,
      shape === null ? 'unknown rank' : `[${shape.map((dimension) => dimension ?? '?').join(', ')}]`,
    ]),
    { widest },
  );
}
