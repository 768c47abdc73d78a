import type { CaseSettings } from '#shared/case.ts';
import type { ProviderId } from '#shared/provider.ts';
import { withTablesOf } from '../inputs/with-tables-of.ts';
import { createSession } from '../runtime/create-session.ts';
import { openFileMapped } from '../runtime/open-file-mapped.ts';
import { inputSlotsOf } from '../runtime/make-feeds.ts';
import { loadOnnxRuntime } from '../runtime/onnxruntime.ts';
import { planBatches } from '../runtime/plan-batches.ts';
import { releaseBuffers } from '../runtime/release-buffers.ts';
import { chooseBatchSize } from './choose-batch-size.ts';
import { outputSlotsOf } from './comparable-outputs.ts';
import type { Items } from './open-items-with.ts';
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
  const opened = { ...options, plansMemory: false, isQuiet: true };
  const session = options.mapsWeights
    ? await openFileMapped(path, opened)
    : (await createSession(path, opened)).session;
  try {
    const { items } = options;
    const inputs = await withTablesOf(path, inputSlotsOf(session));
    const { itemShape } = items;
    const one = itemShape === null ? null : planBatches(inputs, { ...items, itemShape }, { batchSize: 1 }).input;
    return createItemRunner(session, {
      ...options,
      ort: await loadOnnxRuntime(),
      inputs,
      outputs: outputSlotsOf(session),
      releaseOutputs: releaseBuffers,
      batchSize: await chooseBatchSize(path, new Map(one ? [[one.name, one.shape]] : [])),
    });
  } catch (error) {
    await session.release();
    throw error;
  }
}
