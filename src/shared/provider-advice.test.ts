import { expect, test } from 'vitest';
import { fakeDevice } from '../../tests/fakes/fake-device.ts';
import type { Device } from './device.ts';
import { adviseProviders, type MeasuredAgainstCpu } from './provider-advice.ts';
import type { ProviderId, ProviderStatus } from './provider.ts';

const status = (id: ProviderId, state: ProviderStatus['status'] = 'usable'): ProviderStatus => ({
  id,
  title: id,
  status: state,
  reason: null,
  advice: null,
  probeMs: 1,
  probedAtMs: 1,
});
const gpu = (name: string, vendor: string): Device['gpus'][number] => ({
  name,
  vendor,
  memoryBytes: null,
  driver: null,
  id: '0',
});

function advise(
  provider: ProviderStatus,
  gpus: Device['gpus'] = [],
  measured: MeasuredAgainstCpu = {},
): [string, string] | null {
  const [advice] = adviseProviders({ device: { ...fakeDevice, gpus }, providers: [provider], measured });
  return advice ? [advice.verdict, advice.message] : null;
}

test.each<[string, ReturnType<typeof advise>, string | null, RegExp]>([
  ['the CPU is the baseline', advise(status('node:cpu')), 'baseline', /Measure on it in any case/],
  [
    'CUDA that works comes first',
    advise(status('node:cuda'), [gpu('RTX 4090', 'NVIDIA')]),
    'try',
    /general choice for RTX 4090/,
  ],
  [
    'CUDA that fails beside an NVIDIA GPU is worth setting up',
    advise(status('node:cuda', 'failing'), [gpu('RTX 4090', 'NVIDIA')]),
    'set-up',
    /this machine has RTX 4090/,
  ],
  [
    'CUDA without such a GPU is not spoken of',
    advise(status('node:cuda', 'failing'), [gpu('UHD 770', 'Intel')]),
    null,
    /^$/,
  ],
  ['WebGPU without a GPU is software', advise(status('node:webgpu')), 'skip', /computes in software/],
  [
    'the adapter of a virtual machine is no GPU',
    advise(status('node:webgpu'), [gpu('QEMU display controller', 'QEMU')]),
    'skip',
    /no GPU is known/,
  ],
  [
    'WebGPU with a GPU is worth trying',
    advise(status('node:webgpu'), [gpu('Arc A770', 'Intel')]),
    'try',
    /float models on Arc A770/,
  ],
  [
    'what was measured beats what is expected',
    advise(status('node:webgpu'), [gpu('Arc A770', 'Intel')], { 'node:webgpu': { faster: 0, slower: 3, same: 1 } }),
    'skip',
    /faster in 0 of 4 cases and slower in 3/,
  ],
  [
    'one that was faster is worth trying',
    advise(status('node:webgpu'), [], { 'node:webgpu': { faster: 1, slower: 0, same: 0 } }),
    'try',
    /The one time it was compared .* it was faster/,
  ],
])('%s', (_, advice, verdict, message) => {
  expect(advice?.[0] ?? null).toBe(verdict);
  expect(advice?.[1] ?? '').toMatch(message);
});
