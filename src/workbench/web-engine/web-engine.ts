/** An engine in a page, spoken to as any engine: models and data get addresses, and what the browser cannot know is added. */
import { dirname, join } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import { caseSettingsSchema } from '#shared/case.ts';
import type { EngineMethod, EngineParams, EngineResult, InputSource } from '#shared/engine-protocol.ts';
import type { ModelInspection } from '#shared/model.ts';
import {
  isWebProvider,
  type WebEngineMethod,
  type WebEngineParams,
  type WebEngineResult,
  type WebModel,
  type WebProviderId,
} from '#shared/web-engine-protocol.ts';
import type { EngineProcess, RequestOptions } from '../engine-process/engine-process.ts';
import type { ServedPage } from './page-server.ts';
import { createMemoryReader } from './page-memory.ts';
import type { RunnerPage } from './runner-page.ts';

type Ask = <M extends WebEngineMethod>(
  method: M,
  params: WebEngineParams<M>,
  options: RequestOptions,
) => Promise<WebEngineResult<M>>;

type Handlers = {
  [M in EngineMethod]?: (params: EngineParams<M>, options: RequestOptions) => Promise<EngineResult<M>>;
};

export function createWebEngine(
  engine: EngineProcess,
  about: { served: ServedPage; page: RunnerPage; inspect: (path: string) => Promise<ModelInspection> },
): EngineProcess {
  const { served, page } = about;
  // The supervisor carries whatever it is given; which methods a page knows is said here.
  const ask = engine.request as unknown as Ask;
  const memory = createMemoryReader(page);

  const serveModel = async (path: string): Promise<WebModel> => {
    const inspection = await about.inspect(path);
    return {
      fileName: path,
      url: served.publish(path),
      externalData: inspection.externalDataFiles.map((name) => ({
        path: name,
        url: served.publish(join(dirname(path), name)),
      })),
      inspection,
    };
  };
  const serveInputs = (inputs: InputSource): InputSource => {
    if (inputs.kind === 'generated') return inputs;
    if (inputs.kind === 'arrays') return { ...inputs, path: served.publish(inputs.path) };
    const { inputsPath, labelsPath } = inputs.dataset;
    const dataset = {
      ...inputs.dataset,
      inputsPath: served.publish(inputsPath),
      labelsPath: labelsPath === null ? null : served.publish(labelsPath),
    };
    return { ...inputs, dataset };
  };

  const handlers: Handlers = {
    async 'provider.probe'({ provider }, options) {
      const settings = caseSettingsSchema.parse({ intraOpThreads: 1 });
      try {
        const { startMs } = await ask('runtime.start', { provider: webProvider(provider), settings }, options);
        return { ok: true, probeMs: startMs };
      } catch (error) {
        if (error instanceof AppError && (error.kind === 'unsupported' || error.kind === 'provider-failed')) {
          return { ok: false, reason: error.message };
        }
        throw error;
      }
    },
    async 'session.load'({ path, provider, settings, inputs }, options) {
      const model = await serveModel(path);
      const started = await ask('runtime.start', { provider: webProvider(provider), settings }, options);
      const memoryBefore = await memory();
      const loaded = await ask('session.load', { model, inputs: serveInputs(inputs) }, options);
      return {
        runtimeInterface: 'javascript',
        loadMs: loaded.loadMs,
        libraryLoadMs: started.startMs,
        memoryBefore,
        memoryAfter: await memory(),
        inputs: loaded.inputs,
        warnings: [...started.warnings, ...loaded.warnings],
      };
    },
    'session.firstRun': (params, options) => ask('session.firstRun', params, options),
    'session.parity': (params, options) => ask('session.parity', params, options),
    'session.repeat': (params, options) => ask('session.repeat', params, options),
    'session.warmUp': (params, options) => ask('session.warmUp', params, options),
    'session.measure': (params, options) => ask('session.measure', params, options),
    'session.memory': memory,
    'session.profile': (params, options) => ask('session.profile', params, options),
    async 'quality.evaluate'({ path, referencePath, provider, settings, inputs }, options) {
      const model = await serveModel(path);
      const reference = referencePath === null ? null : await serveModel(referencePath);
      await ask('runtime.start', { provider: webProvider(provider), settings }, options);
      return ask('quality.evaluate', { model, reference, inputs: serveInputs(inputs) }, options);
    },
  };

  return {
    pid: engine.pid,
    kill: engine.kill,
    request<M extends EngineMethod>(method: M, params: EngineParams<M>, options: RequestOptions) {
      const handler = handlers[method];
      if (handler === undefined) throw new Error(`A page cannot be asked for ${method}.`);
      return handler(params, options);
    },
  };
}

function webProvider(id: EngineParams<'provider.probe'>['provider']): WebProviderId {
  if (isWebProvider(id)) return id;
  throw new Error(`A page cannot run ${id}.`);
}
