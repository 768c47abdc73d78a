/** What the engine in a browser can do: one handler for each method of its protocol. */
import type { EngineProgress } from '#shared/engine-protocol.ts';
import type { WebEngineMethod, WebEngineParams, WebEngineResult } from '#shared/web-engine-protocol.ts';
import { evaluateWebQuality } from './evaluate-web-quality.ts';
import { type LoadedWebCase, loadWebCase } from './load-web-case.ts';
import { startRuntime, type WebRuntime } from './start-runtime.ts';

export type WebMethodHandlers = {
  [M in WebEngineMethod]: (
    params: WebEngineParams<M>,
    onProgress: (progress: EngineProgress) => void,
  ) => Promise<WebEngineResult<M>>;
};

export function createMethods(): WebMethodHandlers {
  let runtime: WebRuntime | null = null;
  let loadedCase: LoadedWebCase | null = null;
  const requireRuntime = (): WebRuntime => {
    if (runtime === null) throw new Error('ONNX Runtime Web is not started in this page.');
    return runtime;
  };
  const requireCase = (): LoadedWebCase => {
    if (loadedCase === null) throw new Error('No session is loaded in this page.');
    return loadedCase;
  };

  return {
    async 'runtime.start'(params) {
      if (runtime !== null) throw new Error('ONNX Runtime Web is started in this page already.');
      const started = await startRuntime(params);
      runtime = started.runtime;
      return started.result;
    },
    async 'session.load'(params) {
      if (loadedCase !== null) throw new Error('This page has a session already.');
      const { loaded, result } = await loadWebCase(requireRuntime(), params);
      loadedCase = loaded;
      return result;
    },
    'session.firstRun': async (params) => requireCase().firstRun(params),
    'session.parity': async (params) => requireCase().parity(params),
    'session.repeat': async () => requireCase().repeat(),
    'session.warmUp': async (params) => requireCase().warmUp(params),
    'session.measure': async (params) => requireCase().measure(params),
    'session.profile': async () => requireCase().profile(),
    'quality.evaluate': async (params, onProgress) => evaluateWebQuality(requireRuntime(), params, onProgress),
  };
}
