/** Sessions of onnxruntime-node. */
import { measureBlock } from '../benchmark/measure-block.ts';
import { timeRun } from '../benchmark/time-run.ts';
import { createSession } from '../runtime/create-session.ts';
import { type Feeds, feedsOfArrays, inputSlotsOf } from '../runtime/make-feeds.ts';
import { loadOnnxRuntime } from '../runtime/onnxruntime.ts';
import { toEngineTensor } from '../runtime/tensor-values.ts';
import type { OpenInterface } from './open-interface.ts';
import type { TimedSession } from './timed-session.ts';

export async function openJavaScript(): Promise<Omit<OpenInterface, 'warnings'>> {
  const ort = await loadOnnxRuntime();
  return {
    runtimeInterface: 'javascript',
    async createSession(path, options) {
      const { session, loadMs } = await createSession(path, options);
      let feeds: Feeds = {};
      const timed: TimedSession = {
        slots: inputSlotsOf(session),
        feed(arrays) {
          feeds = feedsOfArrays(ort, arrays);
        },
        timeRuns: (request) =>
          measureBlock(request, {
            runOnce: () => timeRun(session, feeds),
            now: () => performance.now(),
            wallClock: Date.now,
          }),
        async readOutputs() {
          const outputs = await session.run(feeds);
          return Object.fromEntries(
            Object.entries(outputs).flatMap(([name, value]) =>
              'dims' in value && value.type !== 'string' ? [[name, toEngineTensor(name, value)]] : [],
            ),
          );
        },
        release: () => session.release(),
      };
      return { session: timed, loadMs };
    },
  };
}
