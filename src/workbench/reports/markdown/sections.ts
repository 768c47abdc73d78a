import { formatBytes, formatCount } from '#shared/format.ts';
import type { Finding, Variant } from '#shared/model.ts';
import type { Run } from '#shared/run.ts';
import { datasetText } from '#shared/text/case-text.ts';
import { bySeverity, CHECKS_METHOD } from '#shared/text/finding-text.ts';
import { fidelityText } from '../fidelity-text.ts';
import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import { environmentTexts } from '../environment-texts.ts';
import { CLONE_REMARK, rerunCommands } from '../rerun-commands.ts';
import { bulletList, codeBlock, escapeMarkdown } from './text.ts';

export function environmentList({ experiment }: ExperimentResults): string {
  return bulletList(
    environmentTexts(experiment).map(
      ({ name, text, isCode = false }) => `${name}: ${isCode ? `\`${text}\`` : escapeMarkdown(text)}`,
    ),
  );
}

export function rerunBlocks({ experiment, quality }: ExperimentResults, variants: readonly Variant[]): string[] {
  const commands = rerunCommands(experiment, { variants, quality });
  const { files, compress, bench, reproduce, evaluate, exportRuns } = commands;
  const sh = (lines: readonly string[]): string => codeBlock(lines.join('\n'), 'sh');
  return [
    escapeMarkdown(CLONE_REMARK),
    'Bring the files together under these names; their SHA-256 has to be the same:',
    codeBlock(files.map(({ sha256, fileName }) => `${sha256}  ${fileName}`).join('\n')),
    ...(compress.length === 0
      ? []
      : [
          'Or make the compressed ones again from their originals. Their recipes are under Versions; write each to the file that is named here:',
          sh(compress),
        ]),
    'Measure the same plan, with the same seed for inputs and order:',
    sh([bench]),
    'On the machine where it was measured, this measures it again and says whether each number repeats:',
    sh([reproduce]),
    ...(evaluate.length === 0 ? [] : ['Measure the quality again:', sh(evaluate)]),
    'On the machine where it was measured, this writes every raw sample to a file that `whittle runs import` reads on any other:',
    sh([exportRuns]),
  ];
}

export function fileBlocks(file: Run['model'], variants: readonly Variant[]): string[] {
  const variant = variants.find(({ id }) => id === file.sha256);
  const about = [`SHA-256 \`${file.sha256}\``, `${formatBytes(file.sizeBytes)} (${formatCount(file.sizeBytes)} bytes)`];
  if (!variant)
    return [
      `### ${escapeMarkdown(file.name)}`,
      bulletList([...about, 'No longer in the library: its recipe is not known here.']),
    ];
  const { parentId, fidelity, recipe, steps, checks } = variant;
  return [
    `### ${escapeMarkdown(file.name)}`,
    bulletList([
      ...about,
      parentId === null ? 'The original' : `Made from \`${parentId}\``,
      ...(fidelity === null
        ? []
        : [
            `Fidelity to its parent: ${fidelityText(fidelity)} (${formatCount(fidelity.itemCount)} items of ${escapeMarkdown(datasetText(fidelity.inputs))})`,
          ]),
    ]),
    ...(recipe === null ? [] : [codeBlock(JSON.stringify(recipe, null, 2), 'json')]),
    ...(steps.length === 0
      ? []
      : [
          bulletList(
            steps.flatMap((step) => [
              `${escapeMarkdown(step.pass)}: ${escapeMarkdown(step.summary)}`,
              ...bySeverity(step.findings).map(findingLine),
            ]),
          ),
        ]),
    ...(checks.length === 0
      ? []
      : [
          `What ONNX Runtime makes of it. ${escapeMarkdown(CHECKS_METHOD)}`,
          bulletList(bySeverity(checks).map(findingLine)),
        ]),
  ];
}

function findingLine({ severity, message }: Finding): string {
  return `${severity}: ${escapeMarkdown(message)}`;
}
