import type { EngineProgress, EngineResult } from '#shared/engine-protocol.ts';
import type { WebEngineParams, WebModel } from '#shared/web-engine-protocol.ts';
import { evaluateItems } from '../quality/evaluate-items.ts';
import { mixesItems } from '../quality/mixes-items.ts';
import { CHUNK_SIZE, openItemsWith } from '../quality/open-items-with.ts';
import { createItemRunner, type ItemRunner } from '../quality/run-items.ts';
import { fetchChunks } from './fetch-bytes.ts';
import { openSession, outputSlotsOf, slotsOf } from './open-session.ts';
import type { WebRuntime } from './start-runtime.ts';

/** As `quality/evaluate-quality.ts`, in a browser. WebGL's runtime takes fixed shapes only: there the items go one by one. */
export async function evaluateWebQuality(
  runtime: WebRuntime,
  { model, reference, inputs }: WebEngineParams<'quality.evaluate'>,
  onProgress: (progress: EngineProgress) => void,
): Promise<EngineResult<'quality.evaluate'>> {
  const items = await openItemsWith(fetchChunks, inputs);
  const openRunner = async (of: WebModel): Promise<ItemRunner> => {
    const { session } = await openSession(runtime, of);
    const isBatched = runtime.provider.isNative && !mixesItems(of.inspection.operators);
    return createItemRunner(session, {
      ort: runtime.ort,
      inputs: slotsOf(of),
      outputs: outputSlotsOf(of),
      provider: runtime.provider.id,
      settings: runtime.settings,
      items,
      batchSize: isBatched ? CHUNK_SIZE : 1,
    });
  };
  return evaluateItems({
    openCandidate: () => openRunner(model),
    openReference: reference === null ? null : () => openRunner(reference),
    openStore: null,
    items,
    onProgress,
  });
}
