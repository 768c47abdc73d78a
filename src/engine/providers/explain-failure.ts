/** Why a provider did not start, in a sentence that a user can act on. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cleanMessage } from '../runtime/runtime-error.ts';
import { findMissingLibraries, nativeFolder } from './native-libraries.ts';
import type { NativeProvider } from './provider.ts';

/** @param options.isOnnxRuntimeLoaded false when ONNX Runtime's own library could not be loaded */
export async function explainFailure(
  provider: NativeProvider,
  error: unknown,
  options: { isOnnxRuntimeLoaded: boolean },
): Promise<string> {
  const message = error instanceof Error ? error.message : String(error);
  const detail = cleanMessage(message);
  const system = `${process.platform} ${process.arch}`;
  if (!options.isOnnxRuntimeLoaded) {
    return /Cannot find module|MODULE_NOT_FOUND|ERR_MODULE_NOT_FOUND/.test(message)
      ? `onnxruntime-node holds no library for this system (${system}), or is not installed.`
      : `ONNX Runtime’s library cannot be loaded on this system (${system}): ${detail}`;
  }
  if (/backend not found|no available backend/i.test(message)) {
    return `ONNX Runtime as it is built for this system (${system}) does not contain ${provider.title}.`;
  }
  if (/fallback to CPU EP has been explicitly disabled/i.test(message)) {
    return `${provider.title} starts, but leaves a plain matrix product to the CPU.`;
  }
  if (/Failed to load (shared )?library/i.test(message)) return explainMissingLibrary(provider, detail);
  const rule = provider.failures.find(({ mark }) => mark.test(message));
  return rule === undefined ? `${provider.title} does not work here: ${detail}` : rule.explain(detail);
}

/** ONNX Runtime only says that loading failed; which file it was can be looked up. */
async function explainMissingLibrary(provider: NativeProvider, detail: string): Promise<string> {
  const folder = nativeFolder();
  const library = provider.library?.[process.platform];
  if (folder === null || library === undefined) return `${provider.title} cannot be loaded: ${detail}`;
  const path = join(folder, library);
  if (!existsSync(path)) return `ONNX Runtime’s library for ${provider.title} (${library}) is not installed.`;
  const missing = await findMissingLibraries(path);
  return missing.length > 0
    ? `ONNX Runtime’s library for ${provider.title} needs ${missing.join(', ')}, which this system does not have on its library path.`
    : `ONNX Runtime’s library for ${provider.title} cannot be loaded: ${detail}`;
}
