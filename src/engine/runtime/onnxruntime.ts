/** ONNX Runtime, loaded when it is first needed: a process that only reads hardware facts never maps it. */
import type * as OnnxRuntime from 'onnxruntime-node';

export type { OnnxRuntime };

/**
 * Since 1.29 the official builds for Linux and macOS send what they are used for, names and hashes of models included, to their
 * maker. A model is the user's own affair, and uploads do not belong into a measurement. It has to be said before the library is
 * loaded. On Windows events go to the system, whose settings decide. Source: https://github.com/microsoft/onnxruntime/pull/27379
 */
const NO_TELEMETRY = 'ORT_DISABLE_TELEMETRY';

/** Before the library is loaded, in whichever way. */
export function withoutTelemetry(): void {
  process.env[NO_TELEMETRY] = '1';
}

let loading: Promise<typeof OnnxRuntime> | null = null;

/** Errors: whatever the dynamic linker says when the native library is missing for this platform. */
export function loadOnnxRuntime(): Promise<typeof OnnxRuntime> {
  withoutTelemetry();
  loading ??= import('onnxruntime-node').then((ort) => {
    // Warnings would fill the stderr whose last lines explain a crash.
    ort.env.logLevel = 'error';
    keepHalvesAsUint16(ort);
    return ort;
  });
  return loading;
}

/**
 * Where JavaScript has a Float16Array (Node 24, Electron), onnxruntime-common turns the data of float16 tensors into one; Node's interface
 * for native code knows no such array, so the binding of 1.30 finds none of its bytes: “not enough space: expected 8, got 0”. Which array it
 * takes, onnxruntime-common settles at the first tensor of the thread: that is made here, while there is no Float16Array.
 */
function keepHalvesAsUint16(ort: typeof OnnxRuntime): void {
  const scope: { Float16Array?: unknown } = globalThis;
  const half = Object.getOwnPropertyDescriptor(scope, 'Float16Array');
  if (half === undefined) return;
  delete scope.Float16Array;
  try {
    void new ort.Tensor('float16', new Uint16Array(1), [1]);
  } finally {
    Object.defineProperty(scope, 'Float16Array', half);
  }
}
