/** ONNX Runtime Web's session options for a case. */
import type { CaseSettings } from '#shared/case.ts';
import { namedDimensionsOf } from '../runtime/named-dimensions.ts';
import { resolveOptions } from '../providers/check-options.ts';
import type { SessionOptions } from '../runtime/onnxruntime-types.ts';
import { sessionConfigOf } from '../runtime/session-config.ts';
import type { WebProvider } from './web-provider.ts';

/** The number of threads is not among them: in a browser it belongs to the whole runtime. WebGL's runtime knows no options. */
export function sessionOptionsOf(
  provider: WebProvider,
  settings: CaseSettings,
  options: { isFallbackForbidden?: boolean; isVerbose?: boolean } = {},
): SessionOptions {
  const executionProviders = provider.executionProviders(resolveOptions(provider, settings.providerOptions));
  if (!provider.isNative) return { executionProviders };
  return {
    executionProviders,
    graphOptimizationLevel: settings.graphOptimization,
    executionMode: settings.executionMode,
    enableCpuMemArena: settings.cpuArena,
    enableMemPattern: settings.memoryPattern,
    ...namedDimensionsOf(settings),
    ...(options.isVerbose === true ? { logSeverityLevel: 0 as const } : {}),
    extra: {
      ...sessionConfigOf(settings),
      ...(options.isFallbackForbidden === true ? { 'session.disable_cpu_ep_fallback': '1' } : {}),
    },
  };
}
