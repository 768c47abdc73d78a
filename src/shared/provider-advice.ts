/** In plain words, which providers are worth trying on a machine. Pure: from its facts, the probes, and what was measured on it. */
import { z } from 'zod';
import type { Device } from './device.ts';
import { type ProviderId, providerIdSchema, type ProviderStatus } from './provider.ts';
import { isWebProvider } from './web-engine-protocol.ts';

export const providerAdviceSchema = z.object({
  provider: providerIdSchema,
  /** `try`: worth measuring; `baseline`: what others are held against; `skip`: works, but promises nothing here; `set-up`: would be worth it once it works. */
  verdict: z.enum(['baseline', 'try', 'skip', 'set-up']),
  /** To be read after the provider's name. */
  message: z.string(),
});
export type ProviderAdvice = z.infer<typeof providerAdviceSchema>;

/** Comparisons on this machine with `node:cpu`, of the same file and settings, by provider. */
export type MeasuredAgainstCpu = Partial<Record<ProviderId, { faster: number; slower: number; same: number }>>;

const int8Extensions = new Set(['avx512-vnni', 'avx-vnni', 'amx-int8', 'neon-dotprod', 'neon-i8mm', 'sve2']);
const SOFTWARE_GPU =
  /swiftshader|llvmpipe|software|basic (render|display)|qemu|virtio|vmware|aspeed|matrox|cirrus|bochs/i;

/** One for each provider that works here, and for those that would be worth getting to work. */
export function adviseProviders(about: {
  device: Device;
  providers: readonly ProviderStatus[];
  measured: MeasuredAgainstCpu;
}): ProviderAdvice[] {
  const { device, providers, measured } = about;
  const gpus = device.gpus.filter(({ name, vendor }) => !SOFTWARE_GPU.test(`${vendor ?? ''} ${name}`));
  return providers.flatMap((status): ProviderAdvice[] => {
    const { id } = status;
    if (status.status !== 'usable') {
      const message = setUpText(id, gpus);
      return status.status === 'failing' && message !== null ? [{ provider: id, verdict: 'set-up', message }] : [];
    }
    if (id === 'node:cpu') return [{ provider: id, verdict: 'baseline', message: cpuText(device) }];
    const seen = measured[id];
    if (seen) return [{ provider: id, ...measuredAdvice(seen) }];
    return [{ provider: id, ...expectedAdvice(id, gpus) }];
  });
}

function cpuText({ cpu }: Device): string {
  const own = cpu.extensions.filter((extension) => int8Extensions.has(extension));
  const int8 =
    own.length > 0
      ? `Its int8 instructions (${own.join(', ')}) make quantized models worth measuring.`
      : cpu.extensions.length === 0
        ? 'Which instructions it has is not known, so whether int8 pays only measuring tells.'
        : 'It has no int8 instructions of its own: quantized models save memory here, and often no time.';
  return `Measure on it in any case: it runs every model, and the others are held against it. ${int8}`;
}

function measuredAdvice({
  faster,
  slower,
  same,
}: {
  faster: number;
  slower: number;
  same: number;
}): Pick<ProviderAdvice, 'verdict' | 'message'> {
  const total = faster + slower + same;
  const counts =
    total === 1
      ? `The one time it was compared with node:cpu here it was ${faster === 1 ? 'faster' : slower === 1 ? 'slower' : 'as fast'}.`
      : `Compared with node:cpu here it was faster in ${faster} of ${total} cases and slower in ${slower}.`;
  return faster > 0
    ? { verdict: 'try', message: `${counts} Measure your model on it.` }
    : { verdict: 'skip', message: `${counts} It promises little on this machine.` };
}

function expectedAdvice(id: ProviderId, gpus: Device['gpus']): Pick<ProviderAdvice, 'verdict' | 'message'> {
  const names = gpus.map(({ name }) => name).join(', ');
  const isForBrowsers = 'Worth measuring if you ship to browsers';
  switch (id) {
    case 'web:wasm':
      return { verdict: 'try', message: `${isForBrowsers}: it is what every browser can do.` };
    case 'node:cuda':
      return {
        verdict: 'try',
        message: `Try it first: the general choice for ${names}. Float32 and float16 models gain most.`,
      };
    case 'node:tensorrt':
      return {
        verdict: 'try',
        message: `Try it for models with fixed shapes on ${names}: long to load, often the fastest.`,
      };
    case 'node:coreml':
      return {
        verdict: 'try',
        message: 'Try it: Apple’s GPU and Neural Engine are fast for float16 models with fixed shapes.',
      };
    default:
      break;
  }
  if (gpus.length === 0 && id !== 'web:webnn-cpu') {
    return {
      verdict: 'skip',
      message: `It works, but no GPU is known here, so it computes in software, far slower than the CPU itself. Use it to see whether a model runs, not how fast.`,
    };
  }
  if (isWebProvider(id))
    return { verdict: 'try', message: `${isForBrowsers}${names === '' ? '' : ` on machines like this (${names})`}.` };
  return {
    verdict: 'try',
    message: `Try it with float models on ${names}; small models are often held up by the way to the GPU and back.`,
  };
}

/** Null where nothing on this machine speaks for it. */
function setUpText(id: ProviderId, gpus: Device['gpus']): string | null {
  const nvidia = gpus.filter(({ vendor, name }) => /nvidia/i.test(`${vendor ?? ''} ${name}`)).map(({ name }) => name);
  switch (id) {
    case 'node:cuda':
    case 'node:tensorrt':
      return nvidia.length === 0
        ? null
        : `Worth getting to work: this machine has ${nvidia.join(', ')}. What is missing is said below.`;
    case 'node:webgpu':
      return gpus.length === 0
        ? null
        : `Worth getting to work: this machine has ${gpus.map(({ name }) => name).join(', ')}.`;
    default:
      return null;
  }
}
