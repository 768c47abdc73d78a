import type { Session } from '../runtime/create-session.ts';
import type { Feeds } from '../runtime/make-feeds.ts';

/**
 * Time of one run in milliseconds: ONNX Runtime's work and the making of the output tensors.
 *
 * `run()` of onnxruntime-node checks its arguments, waits for a turn of the event loop by `setImmediate`, and then works
 * synchronously. Our own callback, queued just before, runs right before that work, so neither the check nor what the
 * event loop does in between (messages of the workbench, for one) is in the time. The outputs are dropped on return.
 * tests/integration/engine-timing.test.ts watches that `run()` still works this way.
 */
export async function timeRun(session: Session, feeds: Feeds): Promise<number> {
  let startMs = 0;
  setImmediate(() => {
    startMs = performance.now();
  });
  await session.run(feeds);
  return performance.now() - startMs;
}
