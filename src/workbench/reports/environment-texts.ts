/** Where and how an experiment was measured, in facts: the same in every report for people. */
import type { Device } from '#shared/device.ts';
import type { Experiment } from '#shared/experiment.ts';
import { formatBytes, formatDuration } from '#shared/format.ts';
import { planInputsText, planSettingsText, threadsText } from '#shared/text/case-text.ts';
import { earlyEndText } from '#shared/text/ending-text.ts';
import { webSoftwareText } from '#shared/text/environment-text.ts';
import { countText, utcText } from '#shared/text/number-text.ts';

/** @param isCode whether it is an identifier */
export type EnvironmentText = { name: string; text: string; isCode?: boolean };

export function environmentTexts(experiment: Experiment): EnvironmentText[] {
  const { environment, plan, device } = experiment;
  const other = planSettingsText(plan);
  return [
    ...deviceTexts(device),
    { name: 'Device fingerprint', text: device.fingerprint, isCode: true },
    {
      name: 'Software',
      text: `Whittle ${environment.whittleVersion}, onnxruntime-node ${environment.onnxruntimeNodeVersion}, Node.js ${environment.nodeVersion}${environment.electronVersion === null ? '' : `, Electron ${environment.electronVersion}`}${webSoftwareText(environment)}, ${environment.platform}`,
    },
    { name: 'Measured', text: `${utcText(experiment.createdAtMs)} to ${utcText(experiment.endedAtMs)}` },
    {
      name: 'Time budget',
      text: [`${formatDuration(plan.timeBudgetSeconds * 1000)} of measuring for all runs.`, earlyEndText(experiment)]
        .join(' ')
        .trim(),
    },
    { name: 'Seed', text: plan.seed === undefined ? 'not recorded' : String(plan.seed) },
    { name: 'Inputs', text: planInputsText(plan.inputs) },
    { name: 'Threads', text: plan.intraOpThreads.map(threadsText).join(', ') },
    { name: 'Other settings', text: other.length === 0 ? 'defaults' : other.join(', ') },
    { name: 'Experiment', text: experiment.id, isCode: true },
    ...(experiment.isImported ? [{ name: 'Imported', text: 'it was measured elsewhere' }] : []),
  ];
}

function deviceTexts(device: Device): EnvironmentText[] {
  const { cpu, os, power } = device;
  const cores = [
    ...(cpu.physicalCores === null ? [] : [countText(cpu.physicalCores, 'core')]),
    countText(cpu.logicalCores, 'logical core'),
    ...(cpu.usableCores === cpu.logicalCores ? [] : [`${cpu.usableCores} usable`]),
  ];
  const caches = [
    ['L1d', cpu.caches.l1dBytes],
    ['L2', cpu.caches.l2Bytes],
    ['L3', cpu.caches.l3Bytes],
  ] as const;
  const knownCaches = caches.filter(([, bytes]) => bytes !== null);
  const doubtful = Object.entries(device.sources).filter(([, { crossCheck }]) => crossCheck === 'differs');
  return [
    {
      name: 'CPU',
      text: `${cpu.model ?? cpu.vendor ?? 'unknown'} (${cpu.architecture}), ${cores.join(', ')}`,
    },
    { name: 'Extensions', text: cpu.extensions.length === 0 ? 'none known' : cpu.extensions.join(', ') },
    ...(knownCaches.length === 0
      ? []
      : [{ name: 'Caches', text: knownCaches.map(([name, bytes]) => `${name} ${formatBytes(bytes)}`).join(', ') }]),
    {
      name: 'Memory',
      text: `${formatBytes(device.memoryBytes)}${device.memoryLimitBytes === null ? '' : `, limited to ${formatBytes(device.memoryLimitBytes)}`}`,
    },
    { name: 'GPU', text: device.gpus.length === 0 ? 'none found' : device.gpus.map(gpuText).join('; ') },
    {
      name: 'System',
      text: `${[os.name ?? os.platform, os.version].filter(Boolean).join(' ')}${os.kernel === null ? '' : `, kernel ${os.kernel}`}`,
    },
    {
      name: 'Power',
      text: [
        { mains: 'mains', battery: 'battery', unknown: 'source unknown' }[power.source],
        ...(power.batteryPercent === null ? [] : [`battery at ${power.batteryPercent} %`]),
        ...(cpu.governor === null ? [] : [`frequency governor “${cpu.governor}”`]),
      ].join(', '),
    },
    ...(device.virtualization === null ? [] : [{ name: 'Virtualization', text: device.virtualization }]),
    ...(doubtful.length === 0
      ? []
      : [{ name: 'Sources disagree on', text: doubtful.map(([fact]) => fact).join(', ') }]),
  ];
}

function gpuText({ name, memoryBytes, driver }: Device['gpus'][number]): string {
  return [
    name,
    ...(memoryBytes === null ? [] : [formatBytes(memoryBytes)]),
    ...(driver === null ? [] : [`driver ${driver}`]),
  ].join(', ');
}
