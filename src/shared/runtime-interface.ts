/** Through which of ONNX Runtime's interfaces the runs of a case are made and timed. */
import { z } from 'zod';

/**
 * `c`: the C interface, as applications in C, C++, C#, Rust and Swift call it; the loop and the clock are compiled code.
 * `javascript`: onnxruntime-node or onnxruntime-web, as applications in Node.js, Electron and browsers do.
 */
export const runtimeInterfaceSchema = z.enum(['c', 'javascript']);
export type RuntimeInterface = z.infer<typeof runtimeInterfaceSchema>;

/** Kind of the warning of a run that was asked to go through C where there is no way through it. */
export const NO_C_INTERFACE = 'no-c-interface';

/**
 * Of all cases of an experiment alike, because what the way into the runtime costs must not decide between them: where one
 * of them runs on a provider that is reached through JavaScript only, all are.
 */
export function interfaceOfPlan({
  providers,
  runtimeInterface,
}: {
  providers: readonly string[];
  runtimeInterface: RuntimeInterface;
}): RuntimeInterface {
  return providers.every((provider) => provider === 'node:cpu') ? runtimeInterface : 'javascript';
}
