/** How a run's settings are said in words. */
import { type CaseSettings, caseSettingsSchema, type ExperimentPlan, type PlanInputs, sweptNames } from '../case.ts';
import { parseFileDatasetId } from '../file-dataset.ts';
import { isMostlyOnCpu } from '../placement.ts';
import type { ProviderOptions } from '../provider-options.ts';
import type { Quality } from '../quality.ts';
import type { Run } from '../run.ts';
import { isWholePath } from './path-text.ts';
import { countText } from './number-text.ts';

export function threadsText(intraOpThreads: number): string {
  return intraOpThreads === 0 ? 'default' : String(intraOpThreads);
}

/** A run whose nodes went to the CPU says nothing of the provider that it names. */
export function providerText(run: Pick<Run, 'provider' | 'placement'>): string {
  return isMostlyOnCpu(run) ? `${run.provider} (mostly on the CPU)` : run.provider;
}

/** `node:cpu`, `node:cpu, 4 threads, batch 8, spinning = off`: what differs from the defaults and can tell cases of one experiment apart. */
export function conditionText(run: Pick<Run, 'provider' | 'settings' | 'placement'>): string {
  const { settings } = run;
  const { intraOpThreads, batchSize } = settings;
  return [
    providerText(run),
    ...(intraOpThreads === 0 ? [] : [`${intraOpThreads} ${intraOpThreads === 1 ? 'thread' : 'threads'}`]),
    ...(batchSize === 1 ? [] : [`batch ${batchSize}`]),
    ...sweptSettingsText(settings),
  ].join(', ');
}

/** `node:cpu, default threads, batch 1`. */
export function fullConditionText(run: Pick<Run, 'provider' | 'settings' | 'placement'>): string {
  const { settings } = run;
  const threads = `${threadsText(settings.intraOpThreads)} ${settings.intraOpThreads === 1 ? 'thread' : 'threads'}`;
  return [`${providerText(run)}, ${threads}, batch ${settings.batchSize}`, ...sweptSettingsText(settings)].join(', ');
}

/** Also what all cases of an experiment have in common: dimensions and free entries. */
export function completeConditionText(run: Pick<Run, 'provider' | 'settings' | 'placement'>): string {
  return [fullConditionText(run), ...fixedSettingsText(run.settings)].join(', ');
}

/** A plan's, or those of one of its cases, which may have options of its provider. */
type OtherSettings = Omit<CaseSettings, 'intraOpThreads' | 'batchSize' | 'providerOptions'> & {
  providerOptions?: ProviderOptions;
};

/** Settings beside threads and batch size that differ from the defaults, as `name = value`. */
export function otherSettingsText(settings: OtherSettings): string[] {
  return [...sweptSettingsText(settings), ...fixedSettingsText(settings)];
}

/** The settings of a plan, and what it varies: `cpuArena = true and false`. */
export function planSettingsText({ settings, sweeps, providerOptions }: PlanSettings): string[] {
  const rest = Object.keys(sweeps).length === 0 ? settings : { ...settings, ...fixedBySweeps(sweeps) };
  return [
    ...otherSettingsText(rest),
    ...sweptNames.flatMap((name) => {
      const values: readonly unknown[] | undefined = sweeps[name];
      return values === undefined ? [] : [`${name} = ${values.join(' and ')}`];
    }),
    ...Object.entries(providerOptions).flatMap(([provider, sets]) =>
      sets.flatMap((options) =>
        Object.keys(options).length === 0 && sets.length === 1 ? [] : [`${provider} with ${optionsText(options)}`],
      ),
    ),
  ];
}

type PlanSettings = Pick<ExperimentPlan, 'settings' | 'sweeps' | 'providerOptions'>;

/** A setting that is swept is not also said as one value. */
function fixedBySweeps(sweeps: ExperimentPlan['sweeps']): Partial<CaseSettings> {
  const defaults = caseSettingsSchema.parse({});
  return Object.fromEntries(sweptNames.filter((name) => sweeps[name]).map((name) => [name, defaults[name]]));
}

/** `preferredLayout = NCHW, validationMode = full`. */
export function optionsText(options: ProviderOptions): string {
  const parts = Object.entries(options).map(([name, value]) => `${name} = ${optionValueText(value)}`);
  return parts.length === 0 ? 'default options' : parts.join(', ');
}

function optionValueText(value: ProviderOptions[string]): string {
  return Array.isArray(value) ? `[${value.join(', ')}]` : String(value);
}

/** Those that can differ between the cases of one experiment. */
function sweptSettingsText(settings: OtherSettings): string[] {
  const defaults = caseSettingsSchema.parse({});
  const { providerOptions = {} } = settings;
  return [
    ...sweptNames.filter((name) => settings[name] !== defaults[name]).map((name) => `${name} = ${settings[name]}`),
    ...(Object.keys(providerOptions).length === 0 ? [] : [optionsText(providerOptions)]),
  ];
}

function fixedSettingsText({
  dimensions,
  sessionConfig,
}: Pick<CaseSettings, 'dimensions' | 'sessionConfig'>): string[] {
  return [
    ...Object.entries(dimensions).map(([name, size]) => `dimension ${name} = ${size}`),
    ...Object.entries(sessionConfig).map(([key, value]) => `${key} = ${value}`),
  ];
}

/** A dataset as it is named in a report: where a folder lay says nothing on another machine. */
export function datasetText(datasetId: string): string {
  if (datasetId === 'generated') return 'generated inputs';
  const file = parseFileDatasetId(datasetId);
  if (file !== null) {
    const { fileName, hash, labels } = file;
    return `${fileName}@${hash}${labels === null ? '' : ` with the classes “${labels}”`}`;
  }
  return isWholePath(datasetId) ? (datasetId.split(/[/\\]/).findLast((part) => part !== '') ?? datasetId) : datasetId;
}

/**
 * The data of an evaluation. Where there is an accuracy there were classes; older versions of Whittle did not write down in which array of a
 * file.
 */
export function evaluatedDataText({ datasetId, metrics }: Pick<Quality, 'datasetId' | 'metrics'>): string {
  return metrics.top1 === undefined ? datasetText(datasetId) : accuracyDataText(datasetId);
}

/** The data that accuracy was measured on. */
export function accuracyDataText(datasetId: string): string {
  return hasUnknownClasses(datasetId)
    ? `${datasetText(datasetId)} (array of the classes not recorded)`
    : datasetText(datasetId);
}

/** @param datasetId of what accuracy was measured on */
export function hasUnknownClasses(datasetId: string): boolean {
  return parseFileDatasetId(datasetId)?.labels === null;
}

/** `generated from the seed`, `photos.npz (SHA-256 0123456789ab…)`. */
export function planInputsText(inputs: PlanInputs): string {
  if (inputs.kind === 'generated') return 'generated from the seed';
  const name = datasetText(inputs.kind === 'file' ? inputs.path : inputs.datasetId);
  const first = inputs.kind === 'file' ? name : `the first items of ${name}`;
  return inputs.sha256 === undefined ? first : `${first} (SHA-256 ${inputs.sha256})`;
}

/** What became of a run that is not completed. */
export function statusText({ status, sampleCount, error }: Pick<Run, 'status' | 'sampleCount' | 'error'>): string {
  const samples = sampleCount === 0 ? '' : ` after ${countText(sampleCount, 'sample')}`;
  switch (status) {
    case 'completed':
      return 'completed';
    case 'failed':
      return error?.kind === 'parity-failed' ? 'wrong results' : `failed${samples}`;
    case 'unsupported':
      return 'unsupported';
    case 'cancelled':
      return sampleCount === 0 ? 'cancelled before it was measured' : `cancelled${samples}`;
    case 'running':
      return 'still being measured';
    case 'pending':
      return sampleCount === 0 ? 'not measured yet' : `interrupted${samples}`;
  }
}
