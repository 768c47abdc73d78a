/**
 * An engine process without ONNX Runtime: it speaks the engine's protocol and behaves as the "model" file says, which is
 * JSON text (`FakeModel`). So the workbench can be tested against every way in which an engine may behave or misbehave.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError, toErrorData } from '../../src/shared/app-error.ts';
import type {
  EngineMethod,
  EngineMethods,
  EngineProgress,
  EngineReply,
  EngineRequest,
  EngineTensor,
} from '../../src/shared/engine-protocol.ts';
import type { Fidelity, ModelInspection } from '../../src/shared/model.ts';
import { compareOutputs } from '../../src/engine/benchmark/compare-outputs.ts';
import { compareRepeats } from '../../src/engine/benchmark/compare-repeats.ts';
import { fakeDevice } from './fake-device.ts';
import { serveVirtually } from './fake-instances.ts';
import type { FakeModel } from './fake-model.ts';

type Handlers = {
  [M in EngineMethod]: (
    params: EngineMethods[M]['params'],
    onProgress: (progress: EngineProgress) => void,
  ) => EngineMethods[M]['result'] | Promise<EngineMethods[M]['result']>;
};

let loaded: { model: FakeModel; provider: string } | null = null;
let instanceCount = 1;
const requestCounts = new Map<string, number>();

function readModel(path: string): FakeModel {
  let model: unknown;
  try {
    model = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw new AppError('invalid-model', `${path} is not a model.`);
  }
  return model as FakeModel;
}

function inspect(path: string): ModelInspection {
  const bytes = readFileSync(path);
  const model = readModel(path);
  return {
    sha256: createHash('sha256').update(bytes).digest('hex'),
    sizeBytes: bytes.length,
    irVersion: 8,
    producer: 'fake',
    graphName: model.name,
    opsets: { 'ai.onnx': 17 },
    inputs: [{ name: 'image', dtype: 'float32', shape: ['batch', 1, 28, 28] }],
    outputs: [{ name: 'logits', dtype: 'float32', shape: ['batch', 10] }],
    operators: { Conv: 1 },
    nodeCount: 1,
    parameterCount: 10,
    macs: 100,
    bytesByDtype: { float32: 40 },
    externalDataFiles: model.externalDataFiles ?? [],
    metadata: model.metadata ?? {},
  };
}

const fidelity: Fidelity = {
  cosine: 0.999,
  sqnrDb: 30,
  klDivergence: 0.01,
  maxAbsoluteError: 0.1,
  top1Agreement: 0.98,
  top1AgreementCount: 98,
  itemCount: 100,
  inputs: 'generated',
};

async function misbehave(method: EngineMethod, path: string | undefined): Promise<void> {
  const model = path !== undefined && existsSync(path) ? readModel(path) : loaded?.model;
  const behaviour = model?.on?.[method];
  if (behaviour === undefined) return;
  const count = (requestCounts.get(method) ?? 0) + 1;
  requestCounts.set(method, count);
  if (count <= (model?.after ?? 0)) return;
  switch (behaviour) {
    case 'crash':
      process.stderr.write('fake: about to crash\n');
      process.kill(process.pid, 'SIGSEGV');
      await sleep(60_000);
      return;
    case 'abort':
      return process.abort();
    case 'exit-0':
      return process.exit(0);
    case 'out-of-memory':
      process.stderr.write("terminate called after throwing an instance of 'std::bad_alloc'\n");
      process.kill(process.pid, 'SIGABRT');
      await sleep(60_000);
      return;
    case 'hang':
      await sleep(600_000);
      return;
    case 'disconnect':
      // It lives on, as native code would that never comes back to see it.
      process.removeAllListeners('disconnect');
      process.disconnect();
      await sleep(600_000);
      return;
    case 'error':
      throw new AppError('provider-failed', `The fake failed in ${method}.`);
    case 'unsupported':
      throw new AppError('unsupported', `The fake does not support ${method}.`);
  }
}

function requireLoaded(): { model: FakeModel; provider: string } {
  if (loaded === null) throw new Error('Nothing is loaded.');
  return loaded;
}

function outputsOf(model: FakeModel, provider: string): Record<string, EngineTensor> {
  const value = model.outputs?.[provider] ?? model.outputs?.['default'] ?? 1;
  return { logits: { dtype: 'float32', shape: [1, 1], bytes: new Uint8Array(Float32Array.of(value).buffer) } };
}

const memory = { residentBytes: 100 * 2 ** 20, peakBytes: 120 * 2 ** 20, anonymousBytes: null, fileBytes: null };

const handlers: Handlers = {
  'device.detect': () => fakeDevice,
  'provider.probe': ({ provider }) =>
    provider === 'node:cpu' ? { ok: true, probeMs: 1 } : { ok: false, reason: 'The fake has no such provider.' },
  'provider.bindGpu': ({ deviceId }) => ({
    deviceId,
    gpuId: null,
    gpuName: 'Fake GPU',
    certainty: 'assumed',
    evidence: 'The fake has no GPU.',
  }),
  'providers.catalog': () => ({ providers: [] }),
  'providers.checkOptions': ({ sets }) => ({ sets: sets.map(({ options }) => options) }),
  'model.inspect': ({ path }) => inspect(path),
  'inputs.foresee': () => ({
    inputs: [
      {
        name: 'x',
        dtype: 'float32',
        shape: [1, 4],
        source: 'generated, standard normal',
        lowest: null,
        highest: null,
        assumed: [],
      },
    ],
  }),
  'model.examine': () => ({
    warnings: [],
    dtypes: ['float32'],
    openDimensions: ['batch'],
    unsupported: null,
    memory: { weightsBytes: 40, activationsBytes: 100, method: 'liveness' },
  }),
  'session.place': async ({ path }) => {
    await misbehave('session.place', path);
    return { placement: [{ provider: 'CPUExecutionProvider', nodeCount: 1, timeShare: 1 }] };
  },
  'model.check': ({ path }) => {
    readModel(path);
    return { loadMs: 1 };
  },
  'recipes.catalog': () => ({
    passes: [
      {
        pass: 'shrink',
        title: 'Shrink',
        summary: 'Makes a fake model smaller.',
        goodFor: 'Tests.',
        needsCalibration: false,
        settingsSchema: { type: 'object', properties: {} },
      },
    ],
    presets: [
      {
        id: 'half',
        title: 'Half',
        summary: 'Halves a fake model.',
        goodFor: 'Tests.',
        recipe: { version: 1, name: 'half', passes: [{ pass: 'float16', settings: {} }] },
      },
    ],
  }),
  'recipes.validate': ({ recipe }) => {
    if (recipe.passes.some(({ pass }) => pass === 'unknown')) {
      throw new AppError('invalid-input', 'There is no pass “unknown”.');
    }
    return recipe;
  },
  'model.compress': async (params, onProgress) => {
    const model = readModel(params.path);
    onProgress({ fraction: 0.5, message: 'Applying' });
    const metadata = {
      'whittle.original_sha256': params.originalSha256,
      'whittle.parent_sha256': params.parentSha256,
      'whittle.recipe': JSON.stringify(params.recipe),
    };
    writeFileSync(params.outputPath, JSON.stringify({ ...model, metadata }));
    const step = { durationMs: 1, summary: 'The fake copied it.', findings: [] };
    return {
      inspection: inspect(params.outputPath),
      steps: params.recipe.passes.map(({ pass, settings }) => ({ ...step, pass, settings })),
      checks: [{ kind: 'integer-products', severity: 'info', message: 'The fake computes in integers.', subjects: [] }],
      fidelity: { ...fidelity, inputs: params.inputs.kind === 'arrays' ? params.inputs.fileName : 'generated' },
      recipe: params.recipe,
    };
  },
  'session.load': ({ path, provider }) => {
    loaded = { model: readModel(path), provider };
    const readings = { memoryBefore: memory, memoryAfter: memory };
    return { runtimeInterface: 'javascript', loadMs: 5, libraryLoadMs: 4, ...readings, inputs: [], warnings: [] };
  },
  'session.firstRun': ({ returnOutputs }) => {
    const { model, provider } = requireLoaded();
    return { firstRunMs: 3, outputs: returnOutputs ? outputsOf(model, provider) : null };
  },
  'session.parity': ({ reference }) => {
    const { model, provider } = requireLoaded();
    return compareOutputs(reference, outputsOf(model, provider), 'float32');
  },
  'session.repeat': () => {
    const { model, provider } = requireLoaded();
    return compareRepeats(outputsOf(model, provider), outputsOf(model, provider));
  },
  'session.warmUp': () => ({ runCount: 10, lastRunMs: requireLoaded().model.runMs ?? 1 }),
  'session.measure': async ({ durationMs, minimumSamples }) => {
    const runMs = requireLoaded().model.runMs ?? 1;
    const startedAtMs = Date.now();
    const count = Math.max(minimumSamples, Math.ceil(durationMs / runMs));
    await sleep(count * runMs);
    return {
      startedAtMs,
      samplesMs: Float64Array.from({ length: count }, (_, index) => runMs * (1 + (index % 5) / 100)),
      usage: null,
    };
  },
  'session.release': () => memory,
  'session.memory': () => memory,
  'session.profile': () => ({
    placement: [{ provider: 'CPUExecutionProvider', nodeCount: 7, timeShare: 1 }],
    operators: {
      runCount: 5,
      profiledRunMs: 2,
      nodes: Array.from({ length: 7 }, (_, index) => ({
        name: `conv${index}`,
        operator: 'Conv',
        provider: 'CPUExecutionProvider',
        profiledMs: 0.1 * (index + 1),
      })),
    },
  }),
  'instances.load': (params) => {
    loaded = { model: readModel(params.path), provider: params.provider };
    instanceCount = params.instanceCount;
    return { loadMs: 5, memory, warnings: [] };
  },
  'instances.serve': (params) => {
    const runMs = requireLoaded().model.runMs ?? 1;
    return serveVirtually(params, { serviceMs: () => runMs, instanceCount });
  },
  'quality.evaluate': ({ referencePath, inputs }) => ({
    metrics: { top1: { value: 0.9, ciLow: 0.88, ciHigh: 0.92, count: 900 } },
    fidelity: referencePath === null ? null : fidelity,
    paired: null,
    itemCount: ('limit' in inputs ? inputs.limit : null) ?? 1000,
  }),
};

const send = (reply: EngineReply): void => void process.send?.(reply);

async function answer<M extends EngineMethod>(
  id: number,
  method: M,
  params: EngineMethods[M]['params'],
): Promise<void> {
  try {
    await misbehave(method, (params as { path?: string }).path);
    const result = await handlers[method](params, (progress) => send({ kind: 'progress', id, progress }));
    send({ kind: 'result', id, result });
  } catch (error) {
    send({ kind: 'error', id, error: toErrorData(error) });
  }
}

process.on('message', (message) => {
  const { id, method, params } = message as EngineRequest;
  void answer(id, method, params);
});
process.on('disconnect', () => process.exit(0));
// What a native library prints must not reach the standard output of the workbench.
process.stdout.write('fake engine: noise on standard output\n');
send({ kind: 'ready' });
