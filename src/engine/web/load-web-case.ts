/** The session that a page measures, and what can be asked of it: as `benchmark/load-case.ts`, in a browser. */
import type { EngineParams, EngineResult, EngineTensor } from '#shared/engine-protocol.ts';
import type { WebEngineParams, WebEngineResult } from '#shared/web-engine-protocol.ts';
import { coarsestArithmetic } from '../benchmark/coarsest-arithmetic.ts';
import { compareOutputs } from '../benchmark/compare-outputs.ts';
import { compareRepeats } from '../benchmark/compare-repeats.ts';
import { measureBlock } from '../benchmark/measure-block.ts';
import { warmUp } from '../benchmark/warm-up.ts';
import type { TimedRuns, TimingRequest } from '../interfaces/timed-session.ts';
import { firstInputs } from '../runtime/first-inputs.ts';
import { explainRunError } from '../runtime/runtime-error.ts';
import { toEngineTensor } from '../runtime/tensor-values.ts';
import { fetchChunks } from './fetch-bytes.ts';
import { openSession, slotsOf } from './open-session.ts';
import { profileSession } from './profile-session.ts';
import type { WebRuntime } from './start-runtime.ts';

export type LoadedWebCase = {
  firstRun: (params: EngineParams<'session.firstRun'>) => Promise<EngineResult<'session.firstRun'>>;
  parity: (params: EngineParams<'session.parity'>) => Promise<EngineResult<'session.parity'>>;
  repeat: () => Promise<EngineResult<'session.repeat'>>;
  warmUp: (params: EngineParams<'session.warmUp'>) => Promise<EngineResult<'session.warmUp'>>;
  measure: (params: EngineParams<'session.measure'>) => Promise<EngineResult<'session.measure'>>;
  profile: () => Promise<EngineResult<'session.profile'>>;
};

/** Errors: those of loading, and `unsupported` or `invalid-input` where no inputs can be made. */
export async function loadWebCase(
  runtime: WebRuntime,
  { model, inputs }: WebEngineParams<'session.load'>,
): Promise<{ loaded: LoadedWebCase; result: WebEngineResult<'session.load'> }> {
  const { ort, provider, settings } = runtime;
  const about = {
    ort,
    slots: slotsOf(model),
    read: fetchChunks,
  };
  const { feeds, warnings, inputs: described } = await firstInputs(about, settings, inputs);
  const { session, loadMs } = await openSession(runtime, model);

  const explain = (error: unknown): never => {
    throw explainRunError(error, provider.id, { areGenerated: inputs.kind === 'generated' });
  };
  const now = (): number => performance.now();
  /** Ends when the outputs are in the memory of this thread: a GPU has finished by then. */
  const runOnce = async (): Promise<number> => {
    const startMs = now();
    await session.run(feeds);
    return now() - startMs;
  };
  const timeRuns = (request: TimingRequest): Promise<TimedRuns> =>
    measureBlock(request, { runOnce, now, wallClock: Date.now });
  const readOutputs = async (): Promise<Record<string, EngineTensor>> => {
    const outputs = await session.run(feeds);
    return Object.fromEntries(
      Object.entries(outputs).flatMap(([name, value]) =>
        'dims' in value && value.type !== 'string' ? [[name, toEngineTensor(name, value)]] : [],
      ),
    );
  };

  const loaded: LoadedWebCase = {
    async firstRun({ returnOutputs }) {
      const firstRunMs = await runOnce().catch(explain);
      return { firstRunMs, outputs: returnOutputs ? await readOutputs().catch(explain) : null };
    },
    async parity({ reference }) {
      const outputs = await readOutputs().catch(explain);
      return compareOutputs(reference, outputs, coarsestArithmetic(model.inspection));
    },
    repeat: async () => compareRepeats(await readOutputs().catch(explain), await readOutputs().catch(explain)),
    warmUp: ({ limitMs }) => warmUp({ limitMs, timeRuns, now }).catch(explain),
    measure: (request) => timeRuns(request).then((block) => ({ ...block, usage: null }), explain),
    profile: async () => ({ placement: await profileSession(runtime, model), operators: null }),
  };
  return { loaded, result: { loadMs, warnings, inputs: described } };
}
