import type { EngineParams, EngineResult } from '#shared/engine-protocol.ts';
import { createSession } from '../runtime/create-session.ts';
import { readPlacement } from '../runtime/read-placement.ts';
import { captureStderr } from './capture-stderr.ts';

/**
 * Makes the session of a case and reads from ONNX Runtime's log which provider has which nodes; nothing is run.
 * Errors: those of loading; `provider-failed` when the log names no node; `unsupported` where it cannot be read.
 */
export async function placeNodes(params: EngineParams<'session.place'>): Promise<EngineResult<'session.place'>> {
  const { path, provider, settings } = params;
  const log = await captureStderr(async () => {
    const { session } = await createSession(path, { provider, settings, isVerbose: true });
    await session.release();
  });
  return { placement: readPlacement(log) };
}
