/** ONNX Runtime Web, loaded for one provider and proven on a tiny model. */
import { AppError } from '#shared/app-error.ts';
import type { CaseSettings } from '#shared/case.ts';
import type { RunWarning } from '#shared/run.ts';
import type { WebEngineParams, WebEngineResult } from '#shared/web-engine-protocol.ts';
import type * as OnnxRuntimeWeb from 'onnxruntime-web';
import { resolveOptions } from '../providers/check-options.ts';
import { encodeTinyModel, findWrongValue, tinyModel } from '../providers/tiny-model.ts';
import { cleanMessage } from '../runtime/runtime-error.ts';
import { webProviders } from './providers.ts';
import { sessionOptionsOf } from './session-options.ts';
import { type ConsoleTap, tapConsole } from './tap-console.ts';
import type { WebProvider } from './web-provider.ts';

export type WebRuntime = {
  ort: typeof OnnxRuntimeWeb;
  provider: WebProvider;
  settings: CaseSettings;
  tap: ConsoleTap;
};

/** Where the workbench serves the files of onnxruntime-web, as they were installed. */
const RUNTIME_ADDRESS = '/onnxruntime-web/';

/** Errors: `unsupported` where the browser has no such thing; `provider-failed` where the tiny model does not run, or wrongly. */
export async function startRuntime({
  provider: id,
  settings,
}: WebEngineParams<'runtime.start'>): Promise<{ runtime: WebRuntime; result: WebEngineResult<'runtime.start'> }> {
  const startMs = performance.now();
  const provider = webProviders[id];
  const examination = await provider.examine();
  if (examination.obstacle !== null) throw new AppError('unsupported', examination.obstacle);
  const tap = tapConsole();
  const ort = await loadBundle(provider, settings);
  const runtime = { ort, provider, settings, tap };
  await proveOnTinyModel(runtime);
  const warnings = [...warningsOfThreads(runtime), ...warningsOfSoftware(provider, examination.software)];
  return { runtime, result: { startMs: performance.now() - startMs, warnings } };
}

async function loadBundle(provider: WebProvider, settings: CaseSettings): Promise<typeof OnnxRuntimeWeb> {
  const address = RUNTIME_ADDRESS + provider.bundle;
  // Not bundled: ONNX Runtime finds its WebAssembly beside itself, as it was installed.
  const ort = (await import(/* @vite-ignore */ address)) as typeof OnnxRuntimeWeb;
  ort.env.logLevel = 'error';
  ort.env.wasm.wasmPaths = RUNTIME_ADDRESS;
  // This is a worker already; another one would add messages to every sample.
  ort.env.wasm.proxy = false;
  if (settings.intraOpThreads > 0) ort.env.wasm.numThreads = settings.intraOpThreads;
  provider.prepare?.(ort, resolveOptions(provider, settings.providerOptions));
  return ort;
}

async function proveOnTinyModel(runtime: WebRuntime): Promise<void> {
  const { ort, provider } = runtime;
  const { input, output } = tinyModel;
  let values: number[];
  try {
    const session = await ort.InferenceSession.create(
      encodeTinyModel(),
      sessionOptionsOf(provider, runtime.settings, { isFallbackForbidden: provider.id !== 'web:wasm' }),
    );
    const feeds = { [input.name]: new ort.Tensor('float32', Float32Array.from(input.values), input.shape) };
    const results = await session.run(feeds);
    values = Array.from(results[output.name]?.data as Float32Array);
    await session.release();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new AppError('provider-failed', `${provider.title} does not work here: ${cleanMessage(message)}`, {
      cause: error,
    });
  }
  const reason = findWrongValue(provider.title, values);
  if (reason !== null) throw new AppError('provider-failed', reason);
}

/** Other providers have no threads of their own. */
function warningsOfThreads({ ort, provider, settings }: WebRuntime): RunWarning[] {
  const count = ort.env.wasm.numThreads;
  if (provider.id !== 'web:wasm' || count === undefined || count === settings.intraOpThreads) return [];
  const threads = count === 1 ? 'one thread' : `${count} threads`;
  const message =
    settings.intraOpThreads === 0
      ? `ONNX Runtime Web chose ${threads}, half of the ${navigator.hardwareConcurrency} logical processors and at most four; node:cpu takes one per core.`
      : `ONNX Runtime Web took ${threads} instead of ${settings.intraOpThreads}.`;
  return [{ kind: 'web-threads', message }];
}

function warningsOfSoftware(provider: WebProvider, software: string | null): RunWarning[] {
  if (software === null) return [];
  const message = `No GPU computes here: ${provider.title} runs in software on the CPU (${software}). Its times say nothing of a GPU.`;
  return [{ kind: 'software-gpu', message }];
}
