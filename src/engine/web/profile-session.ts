import type { Placement } from '#shared/run.ts';
import type { WebModel } from '#shared/web-engine-protocol.ts';
import { openSession } from './open-session.ts';
import { readPlacement } from '../runtime/read-placement.ts';
import type { WebRuntime } from './start-runtime.ts';

/**
 * Makes a second session that tells where it places the nodes; nothing is run.
 * Errors: those of loading.
 */
export async function profileSession(runtime: WebRuntime, model: WebModel): Promise<Placement[]> {
  // The runtime of WebGL has no other provider: a model runs there as a whole, or not at all.
  if (!runtime.provider.isNative) return [{ provider: 'WebGL', nodeCount: model.inspection.nodeCount, timeShare: 1 }];
  const log = await runtime.tap.collect(async () => {
    const { session } = await openSession(runtime, model, { isVerbose: true });
    await session.release();
  });
  return readPlacement(log);
}
