/** One ONNX Runtime session for a file on a provider, with the options that measuring needs. */
import type { CaseSettings } from '#shared/case.ts';
import type { ProviderId } from '#shared/provider.ts';
import { sessionOptionsOf } from '../providers/session-options.ts';
import { loadOnnxRuntime, type OnnxRuntime } from './onnxruntime.ts';
import { explainLoadError } from './runtime-error.ts';

export type Session = OnnxRuntime.InferenceSession;

/**
 * Session configuration entries that hold for every session of an engine process.
 *
 * Threads of ONNX Runtime's pool spin while they wait for work, and go on spinning after a run. Processes of other cases
 * would so take cores away from the case that is being measured, so they stop as soon as no run is active. Inside a run they
 * spin as they do in an application.
 */
const quietWhileIdle = { session: { force_spinning_stop: '1' } };

/**
 * @param options.profilePrefix where ONNX Runtime shall write its profile; no profiling when absent
 * @returns the session and the time of its creation in milliseconds, ONNX Runtime's own loading excluded
 * Errors: `invalid-model`, `not-found`, `unsupported`, `provider-failed`, `out-of-memory`, each a sentence.
 */
export async function createSession(
  path: string,
  options: { provider: ProviderId; settings: CaseSettings; profilePrefix?: string },
): Promise<{ session: Session; loadMs: number }> {
  const ort = await loadOnnxRuntime();
  const base = sessionOptionsOf(options.provider, options.settings);
  const sessionOptions: OnnxRuntime.InferenceSession.SessionOptions = {
    ...base,
    extra: mergeEntries(quietWhileIdle, base.extra ?? {}),
    ...(options.profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: options.profilePrefix }),
  };
  try {
    const startMs = performance.now();
    const session = await ort.InferenceSession.create(path, sessionOptions);
    return { session, loadMs: performance.now() - startMs };
  } catch (error) {
    throw explainLoadError(error, path, options.provider);
  }
}

/** Joins two trees of configuration entries; the second wins. */
function mergeEntries(first: Record<string, unknown>, second: Record<string, unknown>): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...first };
  for (const [key, value] of Object.entries(second)) {
    const present = merged[key];
    merged[key] = isTree(present) && isTree(value) ? mergeEntries(present, value) : value;
  }
  return merged;
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
