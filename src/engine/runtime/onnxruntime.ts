/** ONNX Runtime, loaded when it is first needed: a process that only reads hardware facts never maps it. */
import type * as OnnxRuntime from 'onnxruntime-node';

export type { OnnxRuntime };

let loading: Promise<typeof OnnxRuntime> | null = null;

/** Errors: whatever the dynamic linker says when the native library is missing for this platform. */
export function loadOnnxRuntime(): Promise<typeof OnnxRuntime> {
  loading ??= import('onnxruntime-node').then((ort) => {
    // Warnings would fill the stderr whose last lines explain a crash.
    ort.env.logLevel = 'error';
    return ort;
  });
  return loading;
}
