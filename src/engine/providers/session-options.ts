/** ONNX Runtime's session options for a case. */
import { AppError } from '#shared/app-error.ts';
import type { CaseSettings } from '#shared/case.ts';
import type { ProviderId } from '#shared/provider.ts';
import type { OnnxRuntime } from '../runtime/onnxruntime.ts';
import { sessionConfigOf } from '../runtime/session-config.ts';
import { resolveOptions } from './check-options.ts';
import { nativeProvider } from './registry.ts';

type SessionOptions = OnnxRuntime.InferenceSession.SessionOptions;

/**
 * Every setting is given explicitly, so that ONNX Runtime's own defaults decide nothing but the number of threads where the
 * settings say 0. Dimensions stay open in the graph: onnxruntime-node 1.30 takes no sizes for them, and what is profiled through
 * it has to be the graph that is measured.
 * @param options.isFallbackForbidden refuses a model that the provider does not take as a whole
 * @returns also the variables that have to be in the process before the provider's libraries are loaded
 * Errors: `unsupported`, a sentence, for a web provider and for settings that the provider cannot run with; `invalid-input` for
 * an option that it does not have.
 */
export function sessionOptionsOf(
  id: ProviderId,
  settings: CaseSettings,
  options: { isFallbackForbidden?: boolean } = {},
): { sessionOptions: SessionOptions; environment: Record<string, string> } {
  const provider = nativeProvider(id);
  const refusal = provider.refuse?.(settings) ?? null;
  if (refusal !== null) throw new AppError('unsupported', refusal);
  const {
    executionProviders,
    sessionConfig,
    environment = {},
  } = provider.setUp(resolveOptions(provider, settings.providerOptions));
  return {
    environment,
    sessionOptions: {
      executionProviders,
      graphOptimizationLevel: settings.graphOptimization,
      executionMode: settings.executionMode,
      enableCpuMemArena: settings.cpuArena,
      enableMemPattern: settings.memoryPattern,
      ...(settings.intraOpThreads > 0 ? { intraOpNumThreads: settings.intraOpThreads } : {}),
      ...(settings.interOpThreads > 0 ? { interOpNumThreads: settings.interOpThreads } : {}),
      extra: {
        ...sessionConfigOf(settings),
        ...sessionConfig,
        ...(options.isFallbackForbidden === true ? { 'session.disable_cpu_ep_fallback': '1' } : {}),
      },
      ...provider.overrides,
    },
  };
}
