/** ONNX Runtime's session options for a case. */
import { AppError } from '#shared/app-error.ts';
import type { CaseSettings } from '#shared/case.ts';
import type { ProviderId } from '#shared/provider.ts';
import { namedDimensionsOf } from '../runtime/named-dimensions.ts';
import type { OnnxRuntime } from '../runtime/onnxruntime.ts';
import { nativeProvider } from './registry.ts';

type SessionOptions = OnnxRuntime.InferenceSession.SessionOptions;

/**
 * Every setting is given explicitly, so that ONNX Runtime's own defaults decide nothing but the number of threads where the
 * settings say 0. Named dimensions become fixed before the graph is optimised, as on a device that runs one size.
 * Errors: `unsupported`, a sentence, for a web provider and for settings that the provider cannot run with.
 */
export function sessionOptionsOf(id: ProviderId, settings: CaseSettings): SessionOptions {
  const provider = nativeProvider(id);
  const refusal = provider.refuse?.(settings) ?? null;
  if (refusal !== null) throw new AppError('unsupported', refusal);
  return {
    executionProviders: provider.executionProviders,
    graphOptimizationLevel: settings.graphOptimization,
    executionMode: settings.executionMode,
    enableCpuMemArena: settings.cpuArena,
    enableMemPattern: settings.memoryPattern,
    ...(settings.intraOpThreads > 0 ? { intraOpNumThreads: settings.intraOpThreads } : {}),
    ...(settings.interOpThreads > 0 ? { interOpNumThreads: settings.interOpThreads } : {}),
    ...namedDimensionsOf(settings),
    ...provider.overrides,
  };
}
