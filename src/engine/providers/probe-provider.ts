/** Tries a provider on a tiny model. A crash or a hang of its driver is the supervisor's to handle. */
import { caseSettingsSchema } from '#shared/case.ts';
import type { EngineResult } from '#shared/engine-protocol.ts';
import type { ProviderId } from '#shared/provider.ts';
import { AppError } from '#shared/app-error.ts';
import { loadOnnxRuntime, type OnnxRuntime } from '../runtime/onnxruntime.ts';
import { explainFailure } from './explain-failure.ts';
import type { NativeProvider } from './provider.ts';
import { nativeProvider } from './registry.ts';
import { sessionOptionsOf } from './session-options.ts';
import { encodeTinyModel, findWrongValue, tinyModel } from './tiny-model.ts';

/**
 * Creates a session on the provider with fallback to the CPU forbidden, runs it once and checks the numbers.
 * @returns `probeMs` for the creation and the run together; else the reason in a sentence. It never throws for a provider that
 * does not work, only for a bug.
 */
export async function probeProvider(id: ProviderId): Promise<EngineResult<'provider.probe'>> {
  let provider: NativeProvider;
  try {
    provider = nativeProvider(id);
  } catch (error) {
    if (error instanceof AppError) return { ok: false, reason: error.message };
    throw error;
  }
  let ort: typeof OnnxRuntime;
  try {
    ort = await loadOnnxRuntime();
  } catch (error) {
    return { ok: false, reason: await explainFailure(provider, error, { isOnnxRuntimeLoaded: false }) };
  }
  try {
    const startMs = performance.now();
    const values = await runTinyModel(ort, id);
    const probeMs = performance.now() - startMs;
    const reason = findWrongValue(provider.title, values);
    return reason === null ? { ok: true, probeMs } : { ok: false, reason };
  } catch (error) {
    return { ok: false, reason: await explainFailure(provider, error, { isOnnxRuntimeLoaded: true }) };
  }
}

async function runTinyModel(ort: typeof OnnxRuntime, id: ProviderId): Promise<readonly number[]> {
  const { input, output } = tinyModel;
  const { sessionOptions, environment } = sessionOptionsOf(id, caseSettingsSchema.parse({ intraOpThreads: 1 }), {
    // On the CPU itself there is nothing to forbid: ONNX Runtime takes the entry as a contradiction.
    isFallbackForbidden: id !== 'node:cpu',
  });
  Object.assign(process.env, environment);
  const session = await ort.InferenceSession.create(encodeTinyModel(), sessionOptions);
  try {
    const feeds = { [input.name]: new ort.Tensor('float32', Float32Array.from(input.values), input.shape) };
    const results = await session.run(feeds);
    return Array.from((results[output.name] as OnnxRuntime.Tensor).data as Float32Array);
  } finally {
    await session.release();
  }
}
