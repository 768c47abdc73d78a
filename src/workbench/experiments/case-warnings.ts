/** The warnings a run can carry that the workbench itself finds; each says the way out. */
import { type CaseSettings, caseSettingsSchema, type PlanInputs } from '#shared/case.ts';
import type { Repeat } from '#shared/engine-protocol.ts';
import type { Device } from '#shared/device.ts';
import { excessThreads } from '#shared/excess-threads.ts';
import { formatPercent } from '#shared/format.ts';
import { isMostlyOnCpu, leftToCpu, operatorsText } from '#shared/placement.ts';
import type { ProviderDescriptor } from '#shared/provider-options.ts';
import type { ProviderId } from '#shared/provider.ts';
import type { Placement, Run, RunWarning } from '#shared/run.ts';

/** @param busyCores cores' worth of work that other programs did just before measuring */
export function warningsOfMachine(device: Device, busyCores: number): RunWarning[] {
  const warnings: RunWarning[] = [];
  if (device.power.source === 'battery') {
    warnings.push({
      kind: 'on-battery',
      message: 'The machine runs on battery and may hold back its clock. Plug it in for times that repeat.',
    });
  }
  if (device.cpu.governor === 'powersave' && device.os.platform === 'linux') {
    warnings.push({
      kind: 'powersave-governor',
      message: 'The CPU’s frequency governor is “powersave”. Choose “performance” for times that repeat.',
    });
  }
  if (busyCores > device.cpu.logicalCores / 4) {
    warnings.push({
      kind: 'busy-machine',
      message: `Other programs kept ${busyCores.toFixed(1)} of ${device.cpu.logicalCores} cores busy just before measuring. Close them for times that repeat.`,
    });
  }
  return warnings;
}

export function warningsOfSettings(settings: CaseSettings, device: Device): RunWarning[] {
  const excess = excessThreads(settings, device.cpu);
  if (excess === null) return [];
  return [
    {
      kind: 'thread-oversubscription',
      message: `${excess.threads} share ${excess.cores}: they wait for one another. Measure with ${excess.remedy}.`,
    },
  ];
}

/** Settings that were changed and make no difference on the provider. */
export function warningsOfIgnoredSettings(
  { provider, settings }: Pick<Run, 'provider' | 'settings'>,
  descriptors: readonly ProviderDescriptor[],
): RunWarning[] {
  const defaults: Record<string, unknown> = caseSettingsSchema.parse({});
  const chosen: Record<string, unknown> = settings;
  const ignored = (descriptors.find(({ id }) => id === provider)?.ignoredSettings ?? []).filter(
    ({ setting }) => JSON.stringify(chosen[setting]) !== JSON.stringify(defaults[setting]),
  );
  if (ignored.length === 0) return [];
  const names = ignored.map(({ setting }) => `“${setting}”`).join(', ');
  const reasons = [...new Set(ignored.map(({ reason }) => reason))].join(' ');
  return [{ kind: 'setting-ignored', message: `${provider} ignores the setting ${names}. ${reasons}` }];
}

/** Which nodes run, or how much they do, depends on values: branches, loops, and outputs whose size is known only afterwards. */
const dataDependentOperators = [
  'If',
  'Loop',
  'Scan',
  'NonZero',
  'NonMaxSuppression',
  'Unique',
  'Compress',
  'SequenceMap',
] as const;

/** @param operators types of the model's operators with their numbers */
export function warningsOfInputs({ kind }: PlanInputs, operators: Readonly<Record<string, number>>): RunWarning[] {
  const found = dataDependentOperators.filter((type) => operators[type] !== undefined);
  if (kind !== 'generated' || found.length === 0) return [];
  return [
    {
      kind: 'data-dependent',
      message: `The model has ${found.join(', ')}, so what it does can depend on its inputs, and generated ones may take another path than real ones. Give it real inputs with --inputs or --data.`,
    },
  ];
}

/** @param repeat two runs on the same inputs */
export function warningsOfRepeat(provider: ProviderId, repeat: Repeat): RunWarning[] {
  if (repeat.isIdentical) return [];
  const { output, maxAbsoluteError, relativeError } = repeat;
  const howFar =
    maxAbsoluteError === null || relativeError === null
      ? `“${output}” differs`
      : `“${output}” differs by up to ${maxAbsoluteError.toPrecision(2)}, which is ${formatShare(relativeError)} of its root mean square`;
  return [
    {
      kind: 'non-deterministic',
      message: `${provider} does not give the same results each time: between two runs on the same inputs ${howFar}.`,
    },
  ];
}

/** Small shares keep their size. */
function formatShare(share: number): string {
  return share >= 0.01 ? formatPercent(share, 0) : `${(share * 100).toPrecision(1)} %`;
}

export function warningsOfPlacement(provider: ProviderId, placement: Placement[]): RunWarning[] {
  const onCpu = leftToCpu({ provider, placement });
  if (onCpu === null) return [];
  const operators = operatorsText(onCpu);
  const which = operators === null ? '' : ` Their operators: ${operators}.`;
  if (onCpu.timeShare === null) {
    const nodeCount = placement.reduce((sum, entry) => sum + entry.nodeCount, 0);
    return [
      {
        kind: 'fell-back-to-cpu',
        message: `${onCpu.nodeCount} of ${nodeCount} nodes ran on the CPU, because ${provider} does not take them; ONNX Runtime Web does not tell their share of the time.${which}`,
      },
    ];
  }
  if (!isMostlyOnCpu({ provider, placement })) return [];
  return [
    {
      kind: 'fell-back-to-cpu',
      message: `${onCpu.nodeCount} nodes with ${formatPercent(onCpu.timeShare, 0)} of the time ran on the CPU, because ${provider} does not take them.${which}`,
    },
  ];
}

export const reducedRoundsWarning: RunWarning = {
  kind: 'reduced-rounds',
  message: 'The time budget is too short for six rounds of all cases, so differences cannot be told. Measure longer.',
};

export const reloadedWarning: RunWarning = {
  kind: 'reloaded-each-round',
  message:
    'Memory did not suffice to load all cases at once, so each was loaded anew in every round. Blocks of a round lie further apart than otherwise, and differ by what a new process brings. Free memory, or measure fewer cases at once.',
};
