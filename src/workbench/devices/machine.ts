/** This machine and its providers: found out once per start, and again on demand. */
import { toErrorData } from '#shared/app-error.ts';
import type { Device } from '#shared/device.ts';
import type { ProviderStatus } from '#shared/provider.ts';
import type { EngineHost } from '../engine-process/engine-host.ts';
import type { Store } from '../store/store.ts';
import { allProviders, type ProviderFacts } from './provider-facts.ts';

export type Machine = {
  device: (options?: { refresh?: boolean }) => Promise<Device>;
  providers: (options?: { refresh?: boolean }) => Promise<ProviderStatus[]>;
};

const DETECT_LIMIT_MS = 60_000;
const PROBE_LIMIT_MS = 60_000;

export function createMachine(options: { store: Store; engines: EngineHost }): Machine {
  const { store, engines } = options;
  let device: Promise<Device> | null = null;
  let providers: Promise<ProviderStatus[]> | null = null;

  const detect = async (): Promise<Device> => {
    const detected = await engines.call('device.detect', {}, { silenceLimitMs: DETECT_LIMIT_MS });
    store.devices.save(detected, Date.now());
    return detected;
  };
  const probe = async (facts: ProviderFacts, machine: Device): Promise<ProviderStatus> => {
    const { id, title } = facts;
    const obstacle = engines.obstacleOf(id) ?? facts.findObstacle(machine);
    const unusable = { id, title, advice: facts.adviceOtherwise, probeMs: null, probedAtMs: Date.now() };
    if (obstacle !== null) return { ...unusable, status: 'unavailable', reason: obstacle };
    try {
      const answer = await engines.call('provider.probe', { provider: id }, { silenceLimitMs: PROBE_LIMIT_MS });
      if (!answer.ok) return { ...unusable, status: 'failing', reason: answer.reason };
      return {
        ...unusable,
        status: 'usable',
        reason: null,
        advice: facts.adviceWhenUsable,
        probeMs: answer.probeMs,
      };
    } catch (error) {
      return { ...unusable, status: 'failing', reason: toErrorData(error).message };
    }
  };
  /** One after another: a provider's start can take all cores and much memory. */
  const probeAll = async (): Promise<ProviderStatus[]> => {
    const machine = await read();
    const statuses: ProviderStatus[] = [];
    for (const facts of allProviders) statuses.push(await probe(facts, machine));
    return statuses;
  };
  const read: Machine['device'] = ({ refresh = false } = {}) => {
    if (device === null || refresh) {
      device = detect();
      // A failure is told to who asked, and the next one who asks tries again.
      device.catch(() => (device = null));
    }
    return device;
  };

  return {
    device: read,
    providers: ({ refresh = false } = {}) => {
      if (providers === null || refresh) {
        providers = probeAll();
        providers.catch(() => (providers = null));
      }
      return providers;
    },
  };
}

/** How a device is called in lists: its CPU and cores. */
export function deviceName(device: Device): string {
  const cpu = device.cpu.model ?? device.cpu.vendor ?? device.cpu.architecture;
  const cores = device.cpu.physicalCores ?? device.cpu.logicalCores;
  return `${cpu.replaceAll(/\s+/g, ' ').trim()}, ${cores} ${cores === 1 ? 'core' : 'cores'}`;
}
