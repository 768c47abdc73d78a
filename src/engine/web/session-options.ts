/** ONNX Runtime Web's session options for a case. */
import type { CaseSettings } from '#shared/case.ts';
import { namedDimensionsOf } from '../runtime/named-dimensions.ts';
import type { SessionOptions } from '../runtime/onnxruntime-types.ts';
import { shortSpinEntries } from '../runtime/short-spin.ts';
import type { WebProvider } from './web-provider.ts';

/** The number of threads is not among them: in a browser it belongs to the whole runtime. WebGL's runtime knows no options. */
export function sessionOptionsOf(
  { executionProviders, isNative }: WebProvider,
  settings: CaseSettings,
  options: { isFallbackForbidden?: boolean; isVerbose?: boolean } = {},
): SessionOptions {
  if (!isNative) return { executionProviders };
  const fallback = options.isFallbackForbidden === true ? { disable_cpu_ep_fallback: '1' } : {};
  return {
    executionProviders,
    graphOptimizationLevel: settings.graphOptimization,
    executionMode: settings.executionMode,
    enableCpuMemArena: settings.cpuArena,
    enableMemPattern: settings.memoryPattern,
    ...namedDimensionsOf(settings),
    ...(options.isVerbose === true ? { logSeverityLevel: 0 as const } : {}),
    extra: { session: { ...shortSpinEntries.session, ...fallback } },
  };
}
