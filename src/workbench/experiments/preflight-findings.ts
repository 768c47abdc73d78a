/** What is said of one case before it is measured. Pure. */
import type { Case } from '#shared/case.ts';
import type { Device } from '#shared/device.ts';
import type { EngineResult } from '#shared/engine-protocol.ts';
import { formatBytes } from '#shared/format.ts';
import type { InputForecast } from '#shared/input-forecast.ts';
import { leftToCpu, operatorsText } from '#shared/placement.ts';
import type { PreflightCase, PreflightFinding } from '#shared/preflight.ts';
import type { ProviderDescriptor } from '#shared/provider-options.ts';
import type { Placement } from '#shared/run.ts';
import { warningsOfIgnoredSettings, warningsOfSettings } from './case-warnings.ts';

export type ModelFacts = EngineResult<'model.examine'>;

/** Providers that compile for the shapes that they see, or leave nodes with open ones to the CPU. */
const compilesForShapes = /tensorrt|coreml|webnn|dml/;
const isGpuOfBrowserOrWebGpu = /webgpu|webgl/;

export function findingsOf(
  about: Pick<Case, 'provider' | 'settings'> & {
    facts: ModelFacts;
    /** What it would run on. */
    inputs: readonly InputForecast[];
    /** Null where ONNX Runtime was not asked. */
    placement: readonly Placement[] | null;
    device: Device;
    descriptors: readonly ProviderDescriptor[];
    memory: NonNullable<PreflightCase['memory']>;
  },
): PreflightFinding[] {
  const { provider, settings, facts, inputs, placement, device, descriptors, memory } = about;
  return [
    ...(placement === null ? operatorFindings(facts) : placementFindings(provider, placement)),
    ...typeFindings(provider, facts.dtypes),
    ...(facts.openDimensions.length > 0 && compilesForShapes.test(provider)
      ? [
          warning(
            'open-dimensions',
            `The file leaves ${facts.openDimensions.map((name) => `“${name}”`).join(', ')} open: ${provider} compiles anew for each size, or leaves nodes to the CPU. Fix ${facts.openDimensions.length === 1 ? 'it' : 'them'} with --dimension.`,
          ),
        ]
      : []),
    ...memoryFindings(memory),
    ...warningsOfSettings(settings, device).map(({ message }) => warning('threads', message)),
    ...warningsOfIgnoredSettings({ provider, settings }, descriptors).map(({ message }) =>
      warning('setting-ignored', message),
    ),
    // A file or a dataset has the sizes that it has.
    ...(inputs.some(({ assumed }) => assumed.length > 0) ? facts.warnings : []).map(
      ({ message }): PreflightFinding => ({
        kind: 'assumed-dimension',
        severity: 'info',
        message,
      }),
    ),
  ];
}

function placementFindings(provider: Case['provider'], placement: readonly Placement[]): PreflightFinding[] {
  const onCpu = leftToCpu({ provider, placement: [...placement] });
  if (onCpu === null) return [];
  const nodeCount = placement.reduce((sum, entry) => sum + entry.nodeCount, 0);
  const operators = operatorsText(onCpu);
  const severity = onCpu.nodeCount * 2 >= nodeCount ? 'warning' : 'info';
  return [
    {
      kind: 'left-to-cpu',
      severity,
      message: `ONNX Runtime leaves ${onCpu.nodeCount} of ${nodeCount} nodes to the CPU${operators === null ? '' : `: ${operators}`}.`,
    },
  ];
}

function operatorFindings({ unsupported }: ModelFacts): PreflightFinding[] {
  const names = Object.entries(unsupported?.operators ?? {});
  if (unsupported === null || names.length === 0) return [];
  const listed = names.map(([operator, count]) => `${operator} (${count})`).join(', ');
  return [warning('operators', `Likely not supported, by ${unsupported.source}: ${listed}.`)];
}

/** What each kind of provider does with element types; see docs/measuring.md. */
function typeFindings(provider: Case['provider'], dtypes: readonly string[]): PreflightFinding[] {
  const has = (...types: string[]): boolean => types.some((type) => dtypes.includes(type));
  const findings: PreflightFinding[] = [];
  if (has('float16') && (provider === 'node:cpu' || provider === 'web:wasm')) {
    findings.push(
      warning(
        'element-type',
        `The model computes in float16, which ${provider} has few operators for: ONNX Runtime casts to float32 and back.`,
      ),
    );
  }
  if (has('float64') && (isGpuOfBrowserOrWebGpu.test(provider) || /coreml|webnn/.test(provider))) {
    findings.push(
      warning('element-type', `The model uses float64, which ${provider} does not have: those nodes stay on the CPU.`),
    );
  }
  if (has('int8', 'uint8') && isGpuOfBrowserOrWebGpu.test(provider)) {
    const message =
      provider === 'web:webgl'
        ? 'WebGL takes no int8 values.'
        : `${provider} has no integer arithmetic for int8: quantized nodes stay on the CPU, or are computed in float.`;
    findings.push(warning('element-type', message));
  }
  if (has('float32') && provider === 'node:coreml') {
    findings.push({
      kind: 'element-type',
      severity: 'info',
      message: 'Core ML may compute float32 in float16 on its GPU and Neural Engine.',
    });
  }
  return findings;
}

function memoryFindings({
  neededBytes,
  availableBytes,
  method,
}: NonNullable<PreflightCase['memory']>): PreflightFinding[] {
  if (neededBytes <= availableBytes) return [];
  const how =
    method === 'liveness' ? 'from the shapes of its tensors' : 'as shapes are not known, from its weights alone';
  return [
    warning(
      'memory',
      `It needs about ${formatBytes(neededBytes)} (estimated ${how}), and ${formatBytes(availableBytes)} are free: it may fail or swap.`,
    ),
  ];
}

function warning(kind: PreflightFinding['kind'], message: string): PreflightFinding {
  return { kind, severity: 'warning', message };
}
