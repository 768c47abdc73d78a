/** Which GPU each number of a provider means on this machine. */
import { AppError } from '#shared/app-error.ts';
import type { Device } from '#shared/device.ts';
import type { GpuBinding } from '#shared/gpu-binding.ts';
import type { ProviderId } from '#shared/provider.ts';
import type { EngineHost } from '../engine-process/engine-host.ts';

type Gpu = Device['gpus'][number];

const BIND_LIMIT_MS = 60_000;

/**
 * The GPUs in the order in which the provider counts them, as documented: by the address on the bus for CUDA and TensorRT, which
 * are told to; as Windows lists them for DirectML.
 */
export function candidatesOf(provider: ProviderId, { gpus }: Device): readonly Gpu[] {
  switch (provider) {
    case 'node:cuda':
    case 'node:tensorrt':
      return gpus
        .filter(({ vendor, name }) => /nvidia/i.test(`${vendor ?? ''} ${name}`))
        .toSorted((a, b) => (a.id ?? '').localeCompare(b.id ?? ''));
    case 'node:dml':
    case 'node:webgpu':
      return gpus;
    default:
      return [];
  }
}

/** For a provider that works here. One number after another, each in a process of its own; a number that fails is left out. */
export async function bindGpus(engines: EngineHost, provider: ProviderId, device: Device): Promise<GpuBinding[]> {
  const candidates = candidatesOf(provider, device);
  // WebGPU lets nobody choose: there is one binding to find.
  const numbers =
    provider === 'node:webgpu' ? (candidates.length > 0 ? [null] : []) : candidates.map((_, index) => index);
  const bindings: GpuBinding[] = [];
  for (const deviceId of numbers) {
    try {
      const params = { provider, deviceId, candidates: [...candidates] };
      bindings.push(await engines.call('provider.bindGpu', params, { silenceLimitMs: BIND_LIMIT_MS }));
    } catch (error) {
      if (!(error instanceof AppError) || error.kind === 'cancelled') throw error;
    }
  }
  return bindings;
}
