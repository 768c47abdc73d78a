/** Outcomes of probes, kept over starts: trying all providers starts a process for each, and browsers. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Device } from '#shared/device.ts';
import type { Environment } from '#shared/experiment.ts';
import { gpuBindingSchema } from '#shared/gpu-binding.ts';
import { type ProviderId, providerIdSchema } from '#shared/provider.ts';
import { isWebProvider } from '#shared/web-engine-protocol.ts';
import type { Store } from '../store/store.ts';

const outcomeSchema = z.discriminatedUnion('ok', [
  z.object({
    ok: z.literal(true),
    probeMs: z.number(),
    probedAtMs: z.number(),
    gpus: z.array(gpuBindingSchema).optional(),
  }),
  z.object({ ok: z.literal(false), reason: z.string(), probedAtMs: z.number() }),
]);
export type ProbeOutcome = z.infer<typeof outcomeSchema>;

const entriesSchema = z.partialRecord(providerIdSchema, z.object({ key: z.string(), outcome: outcomeSchema }));

const META_KEY = 'provider-probes';
/** What failed may have been put right meanwhile by what no key can see, such as an installed library. */
const FAILURE_KEPT_MS = 10 * 60_000;

/** Variables that decide which driver, library or browser is found. */
const deciding = [
  'VK_ICD_FILENAMES',
  'VK_DRIVER_FILES',
  'VK_ADD_DRIVER_FILES',
  'LD_LIBRARY_PATH',
  'CUDA_VISIBLE_DEVICES',
  'WHITTLE_PROVIDER_LIBRARIES',
  'WHITTLE_CHROMIUM',
  'WHITTLE_WEB_SOFTWARE_GPU',
];

export type ProbeCache = {
  /** @returns null when nothing is known, or not under this key, or a failure is older than ten minutes */
  find: (provider: ProviderId, key: string) => ProbeOutcome | null;
  save: (provider: ProviderId, key: string, outcome: ProbeOutcome) => void;
};

export function createProbeCache(meta: Pick<Store['meta'], 'get' | 'set'>, now: () => number = Date.now): ProbeCache {
  const read = (): z.infer<typeof entriesSchema> => {
    try {
      return entriesSchema.parse(JSON.parse(meta.get(META_KEY) ?? '{}'));
    } catch {
      // Of another version. It is a cache.
      return {};
    }
  };
  return {
    find(provider, key) {
      const entry = read()[provider];
      if (entry === undefined || entry.key !== key) return null;
      const isStale = !entry.outcome.ok && now() - entry.outcome.probedAtMs > FAILURE_KEPT_MS;
      return isStale ? null : entry.outcome;
    },
    save: (provider, key, outcome) => meta.set(META_KEY, JSON.stringify({ ...read(), [provider]: { key, outcome } })),
  };
}

/**
 * Everything that may change a probe's outcome and can be seen from here, as a hash: the runtime with its version, what it runs in,
 * the machine, its drivers and kernel, and the variables above.
 */
export function probeKey(
  provider: ProviderId,
  about: { device: Device; environment: Environment; env: Readonly<Record<string, string | undefined>> },
): string {
  const { device, environment, env } = about;
  const { onnxruntimeNodeVersion, nodeVersion, electronVersion, web } = environment;
  const facts = [
    provider,
    isWebProvider(provider) ? (web ?? null) : [onnxruntimeNodeVersion, nodeVersion, electronVersion],
    device.fingerprint,
    device.os.kernel,
    device.gpus.map(({ id, name, driver }) => [id, name, driver]),
    deciding.map((name) => env[name] ?? null),
  ];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}
