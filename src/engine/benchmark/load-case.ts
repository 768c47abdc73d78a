/** The session that an engine process measures, and what can be asked of it. */
import type { EngineParams, EngineResult, EngineTensor } from '#shared/engine-protocol.ts';
import { readFileChunks } from '../datasets/read-file-chunks.ts';
import { createSession } from '../runtime/create-session.ts';
import { firstInputs } from '../runtime/first-inputs.ts';
import { withTablesOf } from '../inputs/with-tables-of.ts';
import { inputSlotsOf } from '../runtime/make-feeds.ts';
import { loadOnnxRuntime } from '../runtime/onnxruntime.ts';
import { readMemory } from '../runtime/read-memory.ts';
import { readUsage, usageBetween } from '../runtime/read-usage.ts';
import { explainRunError } from '../runtime/runtime-error.ts';
import { warningsOfSoftwareGpu } from '../runtime/software-gpu.ts';
import { warningsOfThreads } from '../runtime/thread-warnings.ts';
import { toEngineTensor } from '../runtime/tensor-values.ts';
import { compareOutputs } from './compare-outputs.ts';
import { compareRepeats } from './compare-repeats.ts';
import { measureBlock } from './measure-block.ts';
import { profileCase } from './profile-case.ts';
import { timeRun } from './time-run.ts';
import { warmUp } from './warm-up.ts';

export type LoadedCase = {
  firstRun: (params: EngineParams<'session.firstRun'>) => Promise<EngineResult<'session.firstRun'>>;
  parity: (params: EngineParams<'session.parity'>) => Promise<EngineResult<'session.parity'>>;
  repeat: () => Promise<EngineResult<'session.repeat'>>;
  warmUp: (params: EngineParams<'session.warmUp'>) => Promise<EngineResult<'session.warmUp'>>;
  measure: (params: EngineParams<'session.measure'>) => Promise<EngineResult<'session.measure'>>;
  profile: (params: EngineParams<'session.profile'>) => Promise<EngineResult<'session.profile'>>;
  /** Nothing can be asked of it afterwards. */
  release: () => Promise<EngineResult<'session.release'>>;
};

/** Errors: those of loading, and `unsupported` or `invalid-input` where no inputs can be made. */
export async function loadCase(
  params: EngineParams<'session.load'>,
): Promise<{ loaded: LoadedCase; result: EngineResult<'session.load'> }> {
  const { path, provider, settings, inputs } = params;
  // Before the first reading: its own memory and start belong to no model.
  const startMs = performance.now();
  const ort = await loadOnnxRuntime();
  const libraryLoadMs = performance.now() - startMs;
  const memoryBefore = readMemory();
  const { session, loadMs } = await createSession(path, { provider, settings });
  const memoryAfter = readMemory();
  const about = { ort, slots: await withTablesOf(path, inputSlotsOf(session)), read: readFileChunks };
  const { feeds, warnings, inputs: described } = await firstInputs(about, settings, inputs);

  const explain = (error: unknown): never => {
    throw explainRunError(error, provider, { areGenerated: inputs.kind === 'generated' });
  };
  const runOnce = (): Promise<number> => timeRun(session, feeds);
  const now = (): number => performance.now();
  const readOutputs = async (): Promise<Record<string, EngineTensor>> => {
    const outputs = await session.run(feeds);
    return Object.fromEntries(
      Object.entries(outputs).flatMap(([name, value]) =>
        'dims' in value && value.type !== 'string' ? [[name, toEngineTensor(name, value)]] : [],
      ),
    );
  };

  const loaded: LoadedCase = {
    async firstRun({ returnOutputs }) {
      const firstRunMs = await runOnce().catch(explain);
      return { firstRunMs, outputs: returnOutputs ? await readOutputs().catch(explain) : null };
    },
    async parity({ reference }) {
      const outputs = await readOutputs().catch(explain);
      // Only here is the file itself read.
      const { arithmeticOf } = await import('./model-arithmetic.ts');
      return compareOutputs(reference, outputs, await arithmeticOf(path));
    },
    repeat: async () => compareRepeats(await readOutputs().catch(explain), await readOutputs().catch(explain)),
    warmUp: ({ limitMs }) => warmUp({ limitMs, runOnce, now }).catch(explain),
    async measure(request) {
      const before = readUsage();
      const block = await measureBlock(request, { runOnce, now, wallClock: Date.now }).catch(explain);
      return { ...block, usage: usageBetween(before, readUsage()) };
    },
    async profile(request) {
      return profileCase({ path, provider, settings, feeds, ...request });
    },
    async release() {
      await session.release();
      return readMemory();
    },
  };
  return {
    loaded,
    result: {
      loadMs,
      libraryLoadMs,
      memoryBefore,
      memoryAfter,
      inputs: described,
      warnings: [...warnings, ...warningsOfThreads(settings), ...warningsOfSoftwareGpu(provider)],
    },
  };
}
