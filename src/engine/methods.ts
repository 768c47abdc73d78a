/** What an engine process can do: one handler for each method of the protocol. Parts are loaded when they are asked for. */
import type { EngineMethod, EngineParams, EngineProgress, EngineResult } from '#shared/engine-protocol.ts';
import type { LoadedCase } from './benchmark/load-case.ts';
import type { Instances } from './instances/load-instances.ts';
import { readUsage, usageBetween } from './runtime/read-usage.ts';

export type MethodHandlers = {
  [M in EngineMethod]: (
    params: EngineParams<M>,
    onProgress: (progress: EngineProgress) => void,
  ) => Promise<EngineResult<M>>;
};

/** @param options.programPath this program, which threads of instances run again */
export function createMethods(options: { programPath: string }): MethodHandlers {
  let loadedCase: LoadedCase | null = null;
  let instances: Instances | null = null;
  const requireCase = (): LoadedCase => {
    if (loadedCase === null) throw new Error('No session is loaded in this engine process.');
    return loadedCase;
  };

  return {
    async 'device.detect'() {
      const { detectDevice } = await import('./device/detect-device.ts');
      return detectDevice();
    },
    async 'provider.probe'({ provider }) {
      const { probeProvider } = await import('./providers/probe-provider.ts');
      return probeProvider(provider);
    },
    async 'provider.bindGpu'(params) {
      const { bindGpu } = await import('./providers/gpus/bind-gpus.ts');
      return bindGpu(params);
    },
    async 'providers.catalog'() {
      const { providerCatalog } = await import('./providers/catalog.ts');
      return { providers: providerCatalog() };
    },
    async 'providers.checkOptions'(params) {
      const { checkOptions } = await import('./providers/catalog.ts');
      return checkOptions(params);
    },
    async 'model.inspect'({ path }) {
      const { inspectModel } = await import('./onnx/inspect-model.ts');
      return inspectModel(path);
    },
    async 'inputs.foresee'(params) {
      const { foreseeInputs } = await import('./inputs/foresee-inputs.ts');
      return foreseeInputs(params);
    },
    async 'model.examine'(params) {
      const { examineModel } = await import('./preflight/examine-model.ts');
      return examineModel(params);
    },
    async 'session.place'(params) {
      const { placeNodes } = await import('./preflight/place-nodes.ts');
      return placeNodes(params);
    },
    async 'model.check'({ path }) {
      const { checkModel } = await import('./runtime/check-model.ts');
      return checkModel(path);
    },
    async 'recipes.catalog'() {
      const { recipeCatalog } = await import('./compress/catalog.ts');
      return recipeCatalog();
    },
    async 'recipes.validate'({ recipe }) {
      const { validateRecipe } = await import('./compress/validate-recipe.ts');
      return validateRecipe(recipe);
    },
    async 'model.compress'(params, onProgress) {
      const { compressModel } = await import('./compress/compress-model.ts');
      return compressModel(params, onProgress);
    },
    async 'session.load'(params) {
      if (loadedCase !== null) throw new Error('This engine process has a session already.');
      const { loadCase } = await import('./benchmark/load-case.ts');
      const { loaded, result } = await loadCase(params, options.programPath);
      loadedCase = loaded;
      return result;
    },
    'session.firstRun': async (params) => requireCase().firstRun(params),
    'session.parity': async (params) => requireCase().parity(params),
    'session.repeat': async () => requireCase().repeat(),
    'session.warmUp': async (params) => requireCase().warmUp(params),
    'session.measure': async (params) => requireCase().measure(params),
    async 'session.memory'() {
      const { readMemory } = await import('./runtime/read-memory.ts');
      return readMemory();
    },
    async 'session.release'() {
      const released = await requireCase().release();
      loadedCase = null;
      return released;
    },
    'session.profile': async (params) => requireCase().profile(params),
    async 'instances.load'(params) {
      if (instances !== null) throw new Error('This engine process has instances already.');
      const { loadInstances } = await import('./instances/load-instances.ts');
      const loaded = await loadInstances(params, options);
      instances = loaded.instances;
      return loaded.result;
    },
    async 'instances.serve'(params, onProgress) {
      if (instances === null) throw new Error('No instances are loaded in this engine process.');
      const before = readUsage();
      const served = await instances.serve(params, onProgress);
      return { ...served, usage: usageBetween(before, readUsage()) };
    },
    async 'quality.evaluate'(params, onProgress) {
      const { evaluateQuality } = await import('./quality/evaluate-quality.ts');
      return evaluateQuality(params, onProgress);
    },
  };
}
