import { basename } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import { loadModel } from '../onnx/load-model.ts';
import { createMappedSession, createSessionBesideWeights } from './create-mapped-session.ts';
import { createSession, type Session } from './create-session.ts';

/** Below, copies of the weights are little beside ONNX Runtime itself. */
const SMALLEST_MAPPED_BYTES = 16 * 2 ** 20;

/** A session for a file, with little more memory than its weights take. Errors: those of loading. */
export async function openFileMapped(path: string, options: Parameters<typeof createSession>[1]): Promise<Session> {
  // What only ONNX Runtime can read, or refuses by its own words, it gets as it is.
  const loaded = await loadModel(path, { leavesWeights: true }).catch((error: unknown) => {
    if (error instanceof AppError) return null;
    throw error;
  });
  if (loaded !== null && loaded.externalDataFiles.length > 0) {
    return createSessionBesideWeights(path, loaded.model, options);
  }
  if (loaded === null || loaded.byteLength < SMALLEST_MAPPED_BYTES) return (await createSession(path, options)).session;
  return createMappedSession(loaded.model, { ...options, fileName: basename(path) });
}
