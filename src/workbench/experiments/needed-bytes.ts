import { isWebProvider } from '#shared/web-engine-protocol.ts';
import type { StoredRun } from '../store/run-rows.ts';

/** What a process needs beside the model: Node, ONNX Runtime, and weights copied while the session is made. */
const ENGINE_OVERHEAD_BYTES = 300 * 2 ** 20;
/** A browser with all of its processes; 375 to 533 MiB were seen with a model of 3 MiB. */
const BROWSER_OVERHEAD_BYTES = 550 * 2 ** 20;
const MODEL_COPIES = 3;

/** About the memory of a case while it is loaded, bytes. */
export function neededBytesOf({ provider, model }: Pick<StoredRun, 'provider' | 'model'>): number {
  return MODEL_COPIES * model.sizeBytes + (isWebProvider(provider) ? BROWSER_OVERHEAD_BYTES : ENGINE_OVERHEAD_BYTES);
}
