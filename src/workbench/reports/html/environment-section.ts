import type { Device } from '#shared/device.ts';
import type { Experiment } from '#shared/experiment.ts';
import { formatBytes, formatDuration } from '#shared/format.ts';
import type { Variant } from '#shared/model.ts';
import { planInputsText, planSettingsText, threadsText } from '#shared/text/case-text.ts';
import { earlyEndText } from '#shared/text/ending-text.ts';
import { webSoftwareText } from '#shared/text/environment-text.ts';
import { countText, utcText } from '#shared/text/number-text.ts';
import type { ExperimentResults } from '#shared/answer/derive-results.ts';
import { rerunCommands } from '../rerun-commands.ts';
import { facts, heading, list } from './elements.ts';
import { html, type Html, type HtmlValue } from './template.ts';

export function environmentFacts(experiment: Experiment): Html {
  const { environment, plan, device } = experiment;
  const other = planSettingsText(plan);
  return facts([
    ...deviceFacts(device),
    ['Device fingerprint', html`<code>${device.fingerprint}</code>`],
    [
      'Software',
      `Whittle ${environment.whittleVersion}, onnxruntime-node ${environment.onnxruntimeNodeVersion}, Node.js ${environment.nodeVersion}${environment.electronVersion === null ? '' : `, Electron ${environment.electronVersion}`}${webSoftwareText(environment)}, ${environment.platform}`,
    ],
    ['Measured', `${utcText(experiment.createdAtMs)} to ${utcText(experiment.endedAtMs)}`],
    [
      'Time budget',
      [`${formatDuration(plan.timeBudgetSeconds * 1000)} of measuring for all runs.`, earlyEndText(experiment)]
        .join(' ')
        .trim(),
    ],
    ['Seed', plan.seed === undefined ? 'not recorded' : String(plan.seed)],
    ['Inputs', planInputsText(plan.inputs)],
    ['Threads', plan.intraOpThreads.map(threadsText).join(', ')],
    ['Other settings', other.length === 0 ? 'defaults' : other.join(', ')],
    [
      'Experiment',
      html`<code>${experiment.id}</code>${experiment.isImported ? ' (measured elsewhere and imported)' : ''}`,
    ],
  ]);
}

export function rerunSection(
  { experiment, quality }: ExperimentResults,
  variants: readonly Variant[],
  level: number,
): Html {
  const { files, compress, bench, reproduce, evaluate, exportRuns } = rerunCommands(experiment, {
    variants,
    quality,
  });
  return html`<p>Bring the files together under these names; their SHA-256 has to be the same:</p>
    <pre><code>${files.map(({ sha256, fileName }) => `${sha256}  ${fileName}`).join('\n')}</code></pre>
    ${
      compress.length === 0
        ? null
        : html`<p>
              Or make the compressed ones again from their originals. Their recipes are under
              <a href="#versions">Versions</a>; write each to the file that is named here:
            </p>
            <pre><code>${compress.join('\n')}</code></pre> `
    }
    <p>Measure the same plan, with the same seed for inputs and order:</p>
    <pre><code>${bench}</code></pre>
    <p>On the machine where it was measured, this measures it again and says whether each number repeats:</p>
    <pre><code>${reproduce}</code></pre>
    ${
      evaluate.length === 0
        ? null
        : html`<p>Measure the quality again:</p>
            <pre><code>${evaluate.join('\n')}</code></pre> `
    }${heading(level, 'Raw data')}
    <p>
      Every figure here is derived from raw samples. On the machine where the experiment was measured, this writes all
      of them to a file that <code>whittle runs import</code> reads on any other; the JSON form of this report holds
      them too.
    </p>
    <pre><code>${exportRuns}</code></pre> `;
}

function deviceFacts(device: Device): [string, HtmlValue][] {
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
    ['CPU', `${cpu.model ?? cpu.vendor ?? 'unknown'} (${cpu.architecture}), ${cores.join(', ')}`],
    ['Extensions', cpu.extensions.length === 0 ? 'none known' : cpu.extensions.join(', ')],
    ...(knownCaches.length === 0
      ? []
      : [
          ['Caches', knownCaches.map(([name, bytes]) => `${name} ${formatBytes(bytes)}`).join(', ')] as [
            string,
            HtmlValue,
          ],
        ]),
    [
      'Memory',
      `${formatBytes(device.memoryBytes)}${device.memoryLimitBytes === null ? '' : `, limited to ${formatBytes(device.memoryLimitBytes)}`}`,
    ],
    ['GPU', device.gpus.length === 0 ? 'none found' : list(device.gpus.map(gpuText))],
    [
      'System',
      `${[os.name ?? os.platform, os.version].filter(Boolean).join(' ')}${os.kernel === null ? '' : `, kernel ${os.kernel}`}`,
    ],
    [
      'Power',
      [
        { mains: 'mains', battery: 'battery', unknown: 'source unknown' }[power.source],
        ...(power.batteryPercent === null ? [] : [`battery at ${power.batteryPercent} %`]),
        ...(cpu.governor === null ? [] : [`frequency governor “${cpu.governor}”`]),
      ].join(', '),
    ],
    ...(device.virtualization === null ? [] : [['Virtualization', device.virtualization] as [string, HtmlValue]]),
    ...(doubtful.length === 0
      ? []
      : [['Sources disagree on', doubtful.map(([fact]) => fact).join(', ')] as [string, HtmlValue]]),
  ];
}

function gpuText({ name, memoryBytes, driver }: Device['gpus'][number]): string {
  return [
    name,
    ...(memoryBytes === null ? [] : [formatBytes(memoryBytes)]),
    ...(driver === null ? [] : [`driver ${driver}`]),
  ].join(', ');
}
