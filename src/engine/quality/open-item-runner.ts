import type { CaseSettings } from '#shared/case.ts';
import type { ProviderId } from '#shared/provider.ts';
import { withTablesOf } from '../inputs/with-tables-of.ts';
import { createSession } from '../runtime/create-session.ts';
import { openFileMapped } from '../runtime/open-file-mapped.ts';
import { inputSlotsOf } from '../runtime/make-feeds.ts';
import { loadOnnxRuntime } from '../runtime/onnxruntime.ts';
import { isBatchIndependent } from './batch-independence.ts';
import { outputSlotsOf } from './comparable-outputs.ts';
import { CHUNK_SIZE, type Items } from './open-items-with.ts';
import { createItemRunner, type ItemRunner } from './run-items.ts';

/**
 * A model in a session of onnxruntime-node.
 * @param options.mapsWeights see `createMappedSession`
 * @param options.leavesWeights see `createSession`
 * Errors: those of loading and of `createItemRunner`.
 */
export async function openItemRunner(
  path: string,
  options: {
    provider: ProviderId;
    settings: CaseSettings;
    items: Items;
    mapsWeights?: boolean;
    leavesWeights?: boolean;
  },
): Promise<ItemRunner> {
  const session = options.mapsWeights
    ? await openFileMapped(path, { ...options, isQuiet: true })
    : (await createSession(path, { ...options, isQuiet: true })).session;
  try {
    return createItemRunner(session, {
      ...options,
      ort: await loadOnnxRuntime(),
      inputs: await withTablesOf(path, inputSlotsOf(session)),
      outputs: outputSlotsOf(session),
      batchSize: (await isBatchIndependent(path)) ? CHUNK_SIZE : 1,
    });
  } catch (error) {
    await session.release();
    throw error;
  }
}
