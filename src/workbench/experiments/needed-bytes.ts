/** What a process is reckoned to need of memory before it is started. */
import type { ProviderId } from '#shared/provider.ts';
import { isWebProvider } from '#shared/web-engine-protocol.ts';
import type { StoredRun } from '../store/run-rows.ts';

const ENGINE_OVERHEAD_BYTES = 300 * 2 ** 20;
/** A browser with all of its processes; 375 to 533 MiB were seen with a model of 3 MiB. */
const BROWSER_OVERHEAD_BYTES = 550 * 2 ** 20;

/** The file's bytes, weights as kernels want them, and what is copied while the session is made. */
export const MODEL_COPIES = 3;

/** Beside the model: Node and ONNX Runtime, or a browser. */
export function processOverheadBytes(provider: ProviderId): number {
  return isWebProvider(provider) ? BROWSER_OVERHEAD_BYTES : ENGINE_OVERHEAD_BYTES;
}

/** About the memory of a case while it is loaded, bytes. */
export function neededBytesOf({ provider, model }: Pick<StoredRun, 'provider' | 'model'>): number {
  return MODEL_COPIES * model.sizeBytes + processOverheadBytes(provider);
}
