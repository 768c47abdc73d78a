import type { ExperimentPlanInput } from '#shared/case.ts';
import { preflightDocumentSchema } from '#shared/documents.ts';
import { formatBytes, formatDuration } from '#shared/format.ts';
import type { PreflightCase } from '#shared/preflight.ts';
import { conditionText } from '#shared/text/case-text.ts';
import { inputValuesText } from '#shared/text/input-text.ts';
import { countText } from '#shared/text/number-text.ts';
import type { CommandAction } from './command-context.ts';
import { printJson } from './print-json.ts';
import { createProgress } from './progress.ts';
import { withArguments } from './refused-arguments.ts';
import { textPlace, wrapText } from './text-table.ts';

const words: Record<PreflightCase['verdict'], string> = { ready: 'ready', warning: 'see notes', fails: 'will fail' };

/** Says of every case of a plan what is to be expected; nothing is measured. */
export async function printPreflight(
  { client, context, isJson }: Parameters<CommandAction>[0],
  plan: ExperimentPlanInput,
): Promise<void> {
  const progress = createProgress(context.stderr);
  progress.report(null, 'Looking at each case');
  const preflight = await withArguments(
    client.experiments.preflight({ plan, isRuntimeAsked: true }, { signal: context.interrupted }),
  );
  progress.clear();
  if (isJson) {
    printJson(context.stdout, preflightDocumentSchema, { schema: 1, ...preflight });
    return;
  }
  const { low, high } = preflight.estimatedSeconds;
  const { width } = textPlace(context.stdout);
  const lines = preflight.cases.map((item) => {
    const head = `${item.name} on ${conditionText({ ...item, placement: [] })}: ${words[item.verdict]}\n`;
    return (
      head +
      sentencesOf(item)
        .map((sentence) => wrapText(sentence, width, '  '))
        .join('')
    );
  });
  context.stdout.write(
    `${lines.join('')}${wrapText(`${countText(preflight.cases.length, 'case')}, usually ${formatDuration(low * 1000)} to ${formatDuration(high * 1000)}; longer for large models and slow providers. Nothing was measured.`, width)}`,
  );
}

function sentencesOf({ findings, placement, memory, inputs }: PreflightCase): string[] {
  return [
    ...inputs.map(
      (input) => `Input “${input.name}”: ${input.dtype} [${input.shape.join(', ')}], ${inputValuesText(input)}.`,
    ),
    ...(placement === null
      ? []
      : [`Nodes: ${placement.map(({ provider, nodeCount }) => `${nodeCount} on ${provider}`).join(', ')}.`]),
    ...(memory === null
      ? []
      : [
          `Memory: about ${formatBytes(memory.weightsBytes)} of weights and ${formatBytes(memory.activationsBytes)} at a time between them${memory.method === 'liveness' ? '' : ' (shapes are not known: as much as the weights)'}.`,
        ]),
    ...findings.map(({ message }) => message),
  ];
}
