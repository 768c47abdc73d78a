/** Sessions of ONNX Runtime's C interface: each block of runs is one call of compiled code. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '#shared/app-error.ts';
import type { CaseSettings } from '#shared/case.ts';
import { type Addon, loadAddon, type SessionHandle, type SessionSettings, type ValueInfo } from '../native/addon.ts';
import { ELEMENT_TYPES, type ElementType, elementTypeName } from '../onnx/element-types.ts';
import { sessionOptionsOf } from '../providers/session-options.ts';
import { chooseThreads } from '../runtime/choose-threads.ts';
import { withoutTelemetry } from '../runtime/onnxruntime.ts';
import type { InputSlot } from '../runtime/resolve-shapes.ts';
import { explainLoadError } from '../runtime/runtime-error.ts';
import { isNumeric } from '../runtime/tensor-values.ts';
import type { OpenInterface } from './open-interface.ts';
import type { TimedRuns, TimedSession, TimingRequest } from './timed-session.ts';

/** A call ends after so long, and the event loop gets a turn: a workbench that is gone is noticed there. */
const TURN_MS = 1000;

/** @returns what opens sessions, or why there is nothing, in sentences */
export function openC(programPath: string): OpenInterface | { obstacle: string } {
  withoutTelemetry();
  const loaded = loadAddon(programPath);
  if ('obstacle' in loaded) return loaded;
  const { addon, libraryPath } = loaded;
  return {
    runtimeInterface: 'c',
    warnings: [],
    createSession(path, { provider, settings }) {
      const sessionSettings = sessionSettingsOf(settings);
      try {
        const startMs = performance.now();
        const created = addon.createSession(libraryPath, path, sessionSettings);
        const loadMs = performance.now() - startMs;
        return Promise.resolve({ session: timedSession(addon, created), loadMs });
      } catch (error) {
        return Promise.reject(explainLoadError(error, path, provider));
      }
    },
  };
}

function timedSession(addon: Addon, { handle, inputs }: { handle: SessionHandle; inputs: ValueInfo[] }): TimedSession {
  return {
    slots: inputs.map(slotOf),
    feed(arrays) {
      const tensors = Object.entries(arrays).map(([name, { dtype, shape, bytes }]) => ({
        name,
        type: ELEMENT_TYPES[dtype as ElementType].code,
        shape,
        bytes: aligned(bytes),
      }));
      addon.bind(handle, tensors);
    },
    timeRuns: (request) => timeInTurns(addon, handle, request),
    async readOutputs() {
      const numbers = addon
        .readOutputs(handle)
        .map(({ type, ...tensor }) => ({ ...tensor, dtype: elementTypeName(type) }))
        .filter(({ dtype }) => isNumeric(dtype));
      return Object.fromEntries(numbers.map(({ name, shape, ...tensor }) => [name, { ...tensor, shape: [...shape] }]));
    },
    async release() {
      addon.release(handle);
    },
  };
}

async function timeInTurns(addon: Addon, handle: SessionHandle, request: TimingRequest): Promise<TimedRuns> {
  const { settleRuns, minimumSamples, durationMs, limitMs = Infinity } = request;
  const parts: TimedRuns[] = [];
  let sampleCount = 0;
  let elapsedMs = 0;
  do {
    if (parts.length > 0) await nextTurn();
    const part = addon.timeRuns(handle, {
      settleRuns: parts.length === 0 ? settleRuns : 0,
      minimumSamples: Math.max(0, minimumSamples - sampleCount),
      durationMs: durationMs - elapsedMs,
      limitMs: Math.min(TURN_MS, limitMs - elapsedMs),
    });
    parts.push(part);
    sampleCount += part.samplesMs.length;
    elapsedMs += part.elapsedMs;
  } while (elapsedMs < limitMs && (sampleCount < minimumSamples || elapsedMs < durationMs));
  const [first] = parts as [TimedRuns];
  if (parts.length === 1) return { startedAtMs: first.startedAtMs, samplesMs: first.samplesMs };
  const samplesMs = new Float64Array(sampleCount);
  let filled = 0;
  for (const part of parts) {
    samplesMs.set(part.samplesMs, filled);
    filled += part.samplesMs.length;
  }
  return { startedAtMs: first.startedAtMs, samplesMs };
}

/** Errors: `unsupported`, naming the input, for sequences, maps and optionals. */
function slotOf({ name, type, shape }: ValueInfo): InputSlot {
  if (type !== undefined && shape !== undefined) return { name, dtype: elementTypeName(type), shape };
  throw new AppError(
    'unsupported',
    `The input “${name}” is not a tensor; Whittle can run models with tensor inputs only.`,
  );
}

/** Kernels read whole elements; a view that begins between two is copied. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % LARGEST_ELEMENT === 0 ? bytes : new Uint8Array(bytes);
}
const LARGEST_ELEMENT = 8;

/** GraphOptimizationLevel of onnxruntime_c_api.h. */
const optimizationLevels: Record<CaseSettings['graphOptimization'], number> = {
  disabled: 0,
  basic: 1,
  extended: 2,
  layout: 3,
  all: 99,
};
/** ExecutionMode, there. */
const executionModes: Record<CaseSettings['executionMode'], number> = { sequential: 0, parallel: 1 };

/** What `createSession` gives onnxruntime-node, in the C interface's terms. */
function sessionSettingsOf(settings: CaseSettings): SessionSettings {
  const { sessionOptions } = sessionOptionsOf('node:cpu', settings);
  const { intraOpNumThreads = 0, interOpNumThreads = 0 } = { ...sessionOptions, ...chooseThreads(settings) };
  return {
    graphOptimization: optimizationLevels[settings.graphOptimization],
    executionMode: executionModes[settings.executionMode],
    intraOpThreads: intraOpNumThreads,
    interOpThreads: interOpNumThreads,
    cpuArena: settings.cpuArena,
    memoryPattern: settings.memoryPattern,
    config: sessionOptions.extra as Record<string, string>,
  };
}
