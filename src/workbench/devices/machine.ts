/** This machine and its providers: found out once per start, providers from what earlier starts found, and again on demand. */
import { toErrorData } from '#shared/app-error.ts';
import type { Device } from '#shared/device.ts';
import type { Environment } from '#shared/experiment.ts';
import type { ProviderId, ProviderStatus } from '#shared/provider.ts';
import type { EngineHost } from '../engine-process/engine-host.ts';
import type { Store } from '../store/store.ts';
import { bindGpus } from './bind-gpus.ts';
import { createProbeCache, type ProbeOutcome, probeKey } from './probe-cache.ts';
import { allProviders, type ProviderFacts } from './provider-facts.ts';

export type Machine = {
  device: (options?: { refresh?: boolean }) => Promise<Device>;
  providers: (options?: { refresh?: boolean }) => Promise<ProviderStatus[]>;
};

const DETECT_LIMIT_MS = 60_000;
const PROBE_LIMIT_MS = 60_000;

export function createMachine(options: {
  store: Store;
  engines: EngineHost;
  environment: Environment;
  webEnvironment: () => Promise<Environment['web']>;
  /** Those that engines get: some decide which drivers are found. */
  env: () => Readonly<Record<string, string | undefined>>;
}): Machine {
  const { store, engines } = options;
  const cache = createProbeCache(store.meta);
  let device: Promise<Device> | null = null;
  let providers: Promise<ProviderStatus[]> | null = null;

  const detect = async (): Promise<Device> => {
    const detected = await engines.call('device.detect', {}, { silenceLimitMs: DETECT_LIMIT_MS });
    store.devices.save(detected, Date.now());
    return detected;
  };
  const probe = async (id: ProviderId, machine: Device): Promise<ProbeOutcome> => {
    try {
      const answer = await engines.call('provider.probe', { provider: id }, { silenceLimitMs: PROBE_LIMIT_MS });
      if (!answer.ok) return { ...answer, probedAtMs: Date.now() };
      const gpus = await bindGpus(engines, id, machine);
      return { ...answer, probedAtMs: Date.now(), ...(gpus.length === 0 ? {} : { gpus }) };
    } catch (error) {
      const { kind, message } = toErrorData(error);
      // Said by nobody about the provider.
      if (kind === 'cancelled') throw error;
      return { ok: false, reason: message, probedAtMs: Date.now() };
    }
  };
  /** One after another: a provider's start can take all cores and much memory. */
  const readAll = async ({ refresh }: { refresh: boolean }): Promise<ProviderStatus[]> => {
    const machine = await read();
    const environment = { ...options.environment, web: await options.webEnvironment() };
    const statuses: ProviderStatus[] = [];
    for (const facts of allProviders) {
      const obstacle = engines.obstacleOf(facts.id) ?? facts.findObstacle(machine);
      if (obstacle !== null) {
        statuses.push(statusOf(facts, obstacle));
        continue;
      }
      const key = probeKey(facts.id, { device: machine, environment, env: options.env() });
      let outcome = refresh ? null : cache.find(facts.id, key);
      if (outcome === null) {
        outcome = await probe(facts.id, machine);
        cache.save(facts.id, key, outcome);
      }
      statuses.push(statusOf(facts, outcome));
    }
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
        providers = readAll({ refresh });
        providers.catch(() => (providers = null));
      }
      return providers;
    },
  };
}

/** @param outcome of its probe, or why it was not tried */
function statusOf(facts: ProviderFacts, outcome: ProbeOutcome | string): ProviderStatus {
  const { id, title } = facts;
  const unusable = { id, title, advice: facts.adviceOtherwise, probeMs: null };
  if (typeof outcome === 'string') return { ...unusable, status: 'unavailable', reason: outcome, probedAtMs: null };
  const { probedAtMs } = outcome;
  if (!outcome.ok) return { ...unusable, status: 'failing', reason: outcome.reason, probedAtMs };
  return {
    ...unusable,
    status: 'usable',
    reason: null,
    advice: facts.adviceWhenUsable,
    probeMs: outcome.probeMs,
    ...(outcome.gpus === undefined ? {} : { gpus: outcome.gpus }),
    probedAtMs,
  };
}

/** How a device is called in lists: its CPU and cores. */
export function deviceName(device: Device): string {
  const cpu = device.cpu.model ?? device.cpu.vendor ?? device.cpu.architecture;
  const cores = device.cpu.physicalCores ?? device.cpu.logicalCores;
  return `${cpu.replaceAll(/\s+/g, ' ').trim()}, ${cores} ${cores === 1 ? 'core' : 'cores'}`;
}
