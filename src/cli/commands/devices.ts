import type { z } from 'zod';
import { AppError } from '#shared/app-error.ts';
import type { Device } from '#shared/device.ts';
import { devicesDocumentSchema, providerOptionsDocumentSchema } from '#shared/documents.ts';
import { formatBytes, formatCount, formatDateTime } from '#shared/format.ts';
import type { GpuBinding } from '#shared/gpu-binding.ts';
import type { ProviderAdvice } from '#shared/provider-advice.ts';
import type { ProviderStatus } from '#shared/provider.ts';
import type { AddCommand } from '../command-context.ts';
import { describeOptions } from '../describe-options.ts';
import { printJson } from '../print-json.ts';
import { getLibraries, removeLibraries } from '../provider-libraries.ts';
import { createProgress } from '../progress.ts';
import { factLines, type TextPlace, textPlace, textTable, wrapText } from '../text-table.ts';

export const addDevices: AddCommand = (program, run) => {
  program
    .command('devices')
    .description('hardware facts with their source, and every provider: usable, or why not and what to do about it')
    .option(
      '--get <libraries>',
      'fetch ONNX Runtime’s libraries for “cuda” into the home; says how large they are first',
    )
    .option('--yes', 'with --get: do it')
    .option('--remove <libraries>', 'remove what --get has fetched: “cuda”')
    .option('--refresh', 'try every provider again, whatever earlier tries found')
    .option('--options', 'instead, the options of every provider with their defaults, ranges and explanations')
    .addHelpText(
      'after',
      '\nExamples:\n  whittle devices\n  whittle devices --refresh\n  whittle devices --get cuda\n  whittle devices --options\n  whittle devices --json',
    )
    .action(
      (options: { refresh?: boolean; get?: string; yes?: boolean; remove?: string; options?: boolean }, command) =>
        run(command, async ({ client, context, isJson }) => {
          const { refresh = false, get, yes = false, remove } = options;
          for (const name of [get, remove]) requireCuda(name);
          refuseContradictions(options);
          if (get !== undefined) return getLibraries({ client, context, isJson }, { isAgreed: yes });
          if (remove !== undefined) return removeLibraries({ client, context, isJson });
          if (options.options === true) {
            const described = await client.devices.providerOptions();
            if (isJson) {
              printJson(context.stdout, providerOptionsDocumentSchema, { schema: 1, providers: described });
              return;
            }
            const { width } = textPlace(context.stdout);
            context.stdout.write(described.map((each) => describeOptions(each, width)).join('\n'));
            return;
          }
          const progress = createProgress(context.stderr);
          progress.report(null, 'Reading the hardware');
          const device = await client.devices.current({ refresh }, { signal: context.interrupted });
          progress.report(null, 'Trying the providers');
          const providers = await client.devices.providers({ refresh }, { signal: context.interrupted });
          const advice = await client.devices.advice();
          progress.clear();
          if (isJson) {
            const document: z.infer<typeof devicesDocumentSchema> = { schema: 1, device, providers, advice };
            printJson(context.stdout, devicesDocumentSchema, document);
            return;
          }
          const place = textPlace(context.stdout);
          context.stdout.write(
            `${factsTable(device, place)}\n${providersText(providers, place)}\n${adviceText(advice, place)}`,
          );
        }),
    );
};

function refuseContradictions({ get, remove, yes = false }: { get?: string; remove?: string; yes?: boolean }): void {
  if (get !== undefined && remove !== undefined) {
    throw new AppError('wrong-usage', '--get and --remove cannot both be done: give one of them.');
  }
  if (yes && get === undefined) {
    throw new AppError('wrong-usage', '--yes agrees to a download: say which with --get cuda.');
  }
}

function requireCuda(name: string | undefined): void {
  if (name === undefined || name === 'cuda') return;
  throw new AppError('wrong-usage', `There is nothing to get or remove for “${name}”; it can be “cuda”.`);
}

/** Fact, value, where it was read. */
export function factsTable(device: Device, { widest }: TextPlace): string {
  const { cpu, os, power } = device;
  const unknown = 'unknown';
  const cache = (sizeBytes: number | null): string => (sizeBytes === null ? unknown : formatBytes(sizeBytes));
  const cores = `${cpu.physicalCores ?? unknown} physical, ${cpu.logicalCores} logical, ${formatCount(cpu.usableCores)} usable`;
  const facts: [name: string, value: string, path: string][] = [
    ['CPU', [cpu.vendor, cpu.model].filter((part) => part !== null).join(', ') || unknown, 'cpu.model'],
    ['Architecture', cpu.architecture, 'cpu.architecture'],
    ['Cores', cores, 'cpu.physicalCores'],
    ['Extensions', cpu.extensions.join(', ') || unknown, 'cpu.extensions'],
    ['Cache L1d', cache(cpu.caches.l1dBytes), 'cpu.caches.l1dBytes'],
    ['Cache L2', cache(cpu.caches.l2Bytes), 'cpu.caches.l2Bytes'],
    ['Cache L3', cache(cpu.caches.l3Bytes), 'cpu.caches.l3Bytes'],
    ['Highest clock', cpu.maxMegahertz === null ? unknown : `${formatCount(cpu.maxMegahertz)} MHz`, 'cpu.maxMegahertz'],
    ['Governor', cpu.governor ?? unknown, 'cpu.governor'],
    ['Memory', formatBytes(device.memoryBytes), 'memoryBytes'],
    ...(device.memoryLimitBytes === null
      ? []
      : [['Memory limit', formatBytes(device.memoryLimitBytes), 'memoryLimitBytes'] as [string, string, string]]),
    ...(device.gpus.length === 0
      ? [['GPU', 'none found', 'gpus'] as [string, string, string]]
      : device.gpus.map((gpu): [string, string, string] => [
          'GPU',
          [
            gpu.name,
            gpu.memoryBytes === null ? null : formatBytes(gpu.memoryBytes),
            gpu.driver && `driver ${gpu.driver}`,
          ]
            .filter((part) => part !== null && part !== '')
            .join(', '),
          'gpus',
        ])),
    ['System', [os.name ?? os.platform, os.version, os.kernel].filter((part) => part !== null).join(', '), 'os.name'],
    [
      'Power',
      power.batteryPercent === null ? power.source : `${power.source}, battery ${power.batteryPercent} %`,
      'power.source',
    ],
    ['Virtualization', device.virtualization ?? 'none or unknown', 'virtualization'],
    ['Fingerprint', device.fingerprint, 'fingerprint'],
  ];
  return textTable(
    [{ title: 'Fact' }, { title: 'Value' }, { title: 'Source' }],
    facts.map(([name, value, path]) => [name, value, sourceText(device, path)]),
    { widest },
  );
}

function sourceText({ sources }: Device, path: string): string {
  const source = sources[path];
  if (!source) return '';
  if (source.crossCheck !== 'differs') return source.source;
  return `${source.source}; a second source differs${source.detail === null ? '' : `: ${source.detail}`}`;
}

function adviceText(advice: readonly ProviderAdvice[], { width }: TextPlace): string {
  const lines = advice.map(({ provider, message }) => wrapText(`${provider}: ${message}`, width, '  '));
  return `Providers worth trying here\n${lines.join('')}`;
}

function gpuText({ deviceId, gpuName, gpuId, certainty, evidence }: GpuBinding): string {
  const number = deviceId === null ? 'Its GPU' : `deviceId ${deviceId}`;
  return `${number} is ${gpuName}${gpuId === null ? '' : ` (${gpuId})`}, ${certainty}: ${evidence}`;
}

function providersText(providers: readonly ProviderStatus[], { width }: TextPlace): string {
  return providers
    .map(({ id, title, status, reason, advice, probeMs, probedAtMs, gpus = [] }) => {
      const took = probeMs === null ? '' : ` in ${formatCount(Math.round(probeMs))} ms`;
      const tried = probedAtMs === null ? '' : ` (tried${took}, ${formatDateTime(probedAtMs)})`;
      const head = factLines([[id.padEnd(14), `${title}: ${status}${tried}`]], { widest: width });
      const rest = [reason, advice, ...gpus.map(gpuText)].filter((text) => text !== null).join(' ');
      return rest === '' ? head : head + wrapText(rest, width, '                ');
    })
    .join('');
}
