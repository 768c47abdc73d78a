/** The session that an engine process measures, and what can be asked of it. */
import type { EngineParams, EngineResult, EngineTensor } from '#shared/engine-protocol.ts';
import { readFileChunks } from '../datasets/read-file-chunks.ts';
import { firstArrays } from '../inputs/first-arrays.ts';
import { withTablesOf } from '../inputs/with-tables-of.ts';
import { openInterface } from '../interfaces/open-interface.ts';
import { ONE_RUN, type TimingRequest } from '../interfaces/timed-session.ts';
import { readMemory } from '../runtime/read-memory.ts';
import { readUsage, usageBetween } from '../runtime/read-usage.ts';
import { explainRunError } from '../runtime/runtime-error.ts';
import { warningsOfSoftwareGpu } from '../runtime/software-gpu.ts';
import { warningsOfThreads } from '../runtime/thread-warnings.ts';
import { compareOutputs } from './compare-outputs.ts';
import { compareRepeats } from './compare-repeats.ts';
import { profileCase } from './profile-case.ts';
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

/**
 * @param programPath of the engine
 * Errors: those of loading, and `unsupported` or `invalid-input` where no inputs can be made.
 */
export async function loadCase(
  params: EngineParams<'session.load'>,
  programPath: string,
): Promise<{ loaded: LoadedCase; result: EngineResult<'session.load'> }> {
  const { path, provider, settings, inputs, runtimeInterface = 'javascript' } = params;
  // Before the first reading: its own memory and start belong to no model.
  const startMs = performance.now();
  const opened = await openInterface(runtimeInterface, programPath);
  const libraryLoadMs = performance.now() - startMs;
  const memoryBefore = readMemory();
  const { session, loadMs } = await opened.createSession(path, { provider, settings });
  const memoryAfter = readMemory();
  const about = { slots: await withTablesOf(path, session.slots), read: readFileChunks };
  const { arrays, warnings, inputs: described } = await firstArrays(about, settings, inputs);
  session.feed(arrays);

  const explain = (error: unknown): never => {
    throw explainRunError(error, provider, { areGenerated: inputs.kind === 'generated' });
  };
  const timeRuns = (request: TimingRequest) => session.timeRuns(request).catch(explain);
  const readOutputs = (): Promise<Record<string, EngineTensor>> => session.readOutputs().catch(explain);

  const loaded: LoadedCase = {
    async firstRun({ returnOutputs }) {
      const { samplesMs } = await timeRuns(ONE_RUN);
      return { firstRunMs: samplesMs[0] as number, outputs: returnOutputs ? await readOutputs() : null };
    },
    async parity({ reference }) {
      const outputs = await readOutputs();
      // Only here is the file itself read.
      const { arithmeticOf } = await import('./model-arithmetic.ts');
      return compareOutputs(reference, outputs, await arithmeticOf(path));
    },
    repeat: async () => compareRepeats(await readOutputs(), await readOutputs()),
    warmUp: ({ limitMs }) => warmUp({ limitMs, timeRuns, now: () => performance.now() }),
    async measure(request) {
      const before = readUsage();
      const block = await timeRuns(request);
      return { ...block, usage: usageBetween(before, readUsage()) };
    },
    async profile(request) {
      return profileCase({ path, provider, settings, arrays, ...request });
    },
    async release() {
      await session.release();
      return readMemory();
    },
  };
  return {
    loaded,
    result: {
      runtimeInterface: opened.runtimeInterface,
      loadMs,
      libraryLoadMs,
      memoryBefore,
      memoryAfter,
      inputs: described,
      warnings: [...opened.warnings, ...warnings, ...warningsOfThreads(settings), ...warningsOfSoftwareGpu(provider)],
    },
  };
}
