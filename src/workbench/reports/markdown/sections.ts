import { formatBytes, formatCount } from '#shared/format.ts';
import type { Finding, Variant } from '#shared/model.ts';
import type { Run } from '#shared/run.ts';
import { webSoftwareText } from '#shared/text/environment-text.ts';
import { planInputsText, planSettingsText } from '#shared/text/case-text.ts';
import { bySeverity, CHECKS_METHOD } from '#shared/text/finding-text.ts';
import { earlyEndText } from '#shared/text/ending-text.ts';
import { fidelityText } from '../fidelity-text.ts';
import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import { rerunCommands } from '../rerun-commands.ts';
import { bulletList, codeBlock, escapeMarkdown } from './text.ts';

export function environmentList({ experiment }: ExperimentResults): string {
  const { device, environment, plan } = experiment;
  const other = planSettingsText(plan);
  return bulletList(
    [
      `CPU: ${device.cpu.model ?? device.cpu.vendor ?? 'unknown'} (${device.cpu.architecture}), ${device.cpu.logicalCores} logical cores; ${device.cpu.extensions.join(', ') || 'no extensions known'}`,
      `Memory: ${formatBytes(device.memoryBytes)}`,
      `GPU: ${device.gpus.map((gpu) => gpu.name).join(', ') || 'none found'}`,
      `System: ${[device.os.name ?? device.os.platform, device.os.version].filter(Boolean).join(' ')}`,
      `Device fingerprint: ${device.fingerprint}`,
      `Software: Whittle ${environment.whittleVersion}, onnxruntime-node ${environment.onnxruntimeNodeVersion}, Node.js ${environment.nodeVersion}${webSoftwareText(environment)}`,
      `Inputs: ${escapeMarkdown(planInputsText(plan.inputs))}`,
      `Seed: ${plan.seed ?? 'not recorded'}; time budget: ${plan.timeBudgetSeconds} s for all runs. ${earlyEndText(experiment) ?? ''}`.trim(),
      `Other settings: ${other.length === 0 ? 'defaults' : other.join(', ')}`,
    ].map(escapeMarkdown),
  );
}

export function rerunBlocks({ experiment, quality }: ExperimentResults, variants: readonly Variant[]): string[] {
  const hashes = new Set(experiment.runs.map((run) => run.model.sha256));
  const commands = rerunCommands(experiment, {
    variants: variants.filter((variant) => hashes.has(variant.id)),
    quality,
  });
  return [
    'The files, with the SHA-256 that they have to have:',
    codeBlock(commands.files.map(({ sha256, fileName }) => `${sha256}  ${fileName}`).join('\n')),
    codeBlock([...commands.compress, commands.bench, ...commands.evaluate, commands.exportRuns].join('\n'), 'sh'),
    'The last line writes every raw sample to a file that `whittle runs import` reads.',
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
      ...(fidelity === null ? [] : [`Fidelity to its parent: ${fidelityText(fidelity)}`]),
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
