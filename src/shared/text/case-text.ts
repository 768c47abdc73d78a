/** How a run's settings are said in words. */
import { type CaseSettings, caseSettingsSchema } from '../case.ts';
import { isMostlyOnCpu } from '../placement.ts';
import type { Run } from '../run.ts';
import { countText } from './number-text.ts';

export function threadsText(intraOpThreads: number): string {
  return intraOpThreads === 0 ? 'default' : String(intraOpThreads);
}

/** A run whose nodes went to the CPU says nothing of the provider that it names. */
export function providerText(run: Pick<Run, 'provider' | 'placement'>): string {
  return isMostlyOnCpu(run) ? `${run.provider} (mostly on the CPU)` : run.provider;
}

/** `node:cpu`, `node:cpu, 4 threads, batch 8`: what differs from the defaults. */
export function conditionText(run: Pick<Run, 'provider' | 'settings' | 'placement'>): string {
  const { intraOpThreads, batchSize } = run.settings;
  return [
    providerText(run),
    ...(intraOpThreads === 0 ? [] : [`${intraOpThreads} ${intraOpThreads === 1 ? 'thread' : 'threads'}`]),
    ...(batchSize === 1 ? [] : [`batch ${batchSize}`]),
  ].join(', ');
}

/** `node:cpu, default threads, batch 1`. */
export function fullConditionText(run: Pick<Run, 'provider' | 'settings' | 'placement'>): string {
  const { settings } = run;
  const threads = `${threadsText(settings.intraOpThreads)} ${settings.intraOpThreads === 1 ? 'thread' : 'threads'}`;
  return `${providerText(run)}, ${threads}, batch ${settings.batchSize}`;
}

/** Everything beside threads, batch size and dimensions. */
const OTHER_SETTINGS = ['interOpThreads', 'graphOptimization', 'executionMode', 'cpuArena', 'memoryPattern'] as const;

/** Settings beside threads and batch size that differ from the defaults, as `name = value`. */
export function otherSettingsText(settings: Omit<CaseSettings, 'intraOpThreads' | 'batchSize'>): string[] {
  const defaults = caseSettingsSchema.parse({});
  return [
    ...OTHER_SETTINGS.filter((name) => settings[name] !== defaults[name]).map((name) => `${name} = ${settings[name]}`),
    ...Object.entries(settings.dimensions).map(([name, size]) => `dimension ${name} = ${size}`),
  ];
}

/** A dataset as it is named in a report: where a folder lay says nothing on another machine. */
export function datasetText(datasetId: string): string {
  if (datasetId === 'generated') return 'generated inputs';
  const isFolder = /^([/\\]|[A-Za-z]:[/\\])/.test(datasetId);
  return isFolder ? (datasetId.split(/[/\\]/).findLast((part) => part !== '') ?? datasetId) : datasetId;
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
