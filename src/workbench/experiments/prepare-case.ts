/** Brings one case to the point where it can be measured: loaded, first run timed, parity checked, warmed up. */
import { AppError } from '#shared/app-error.ts';
import { caseSettingsSchema } from '#shared/case.ts';
import type { EngineTensor, InputSource, Repeat } from '#shared/engine-protocol.ts';
import type { Parity, Run } from '#shared/run.ts';
import { emptyRecord, type RunRecord } from '#shared/run-record.ts';
import type { RuntimeInterface } from '#shared/runtime-interface.ts';
import { isWebProvider } from '#shared/web-engine-protocol.ts';
import type { EngineHost } from '../engine-process/engine-host.ts';
import type { EngineProcess } from '../engine-process/engine-process.ts';
import { createMemoryLine, type MemoryLine } from '../machine-state/memory-line.ts';
import { systemFiles } from '../machine-state/system-files.ts';
import type { RunFacts, StoredRun } from '../store/run-rows.ts';
import { warningsOfRepeat } from './case-warnings.ts';
import { partsOf } from './finish-case.ts';
import { type SilenceLimits, silenceOfRun } from './silence-limits.ts';

export type PreparedCase = {
  engine: EngineProcess;
  runMs: number;
  record: RunRecord;
  /** Goes on: whoever measures says which phase it is. */
  line: MemoryLine;
};

type Reference = { outputs: Record<string, EngineTensor>; repeat: Repeat };

/** What `node:cpu` gives, by file and shape of the inputs, so that several providers share it. */
export type References = Map<string, Promise<Reference>>;

const WARM_UP_LIMIT_MS = 3000;

/**
 * @param options.onFacts called as each fact becomes known
 * Errors: whatever the engine says; `parity-failed`. The engine process is gone then.
 */
export async function prepareCase(options: {
  engines: EngineHost;
  run: StoredRun;
  inputs: InputSource;
  runtimeInterface: RuntimeInterface;
  references: References;
  limits: SilenceLimits;
  signal: AbortSignal;
  onFacts: (facts: RunFacts) => void;
}): Promise<PreparedCase> {
  const { engines, run, inputs, runtimeInterface, references, limits, signal, onFacts } = options;
  const path = requirePath(run);
  const engine = await engines.start({ provider: run.provider, signal });
  // Which process is a page's own is the browser's affair.
  const pid = isWebProvider(run.provider) ? undefined : engine.pid;
  const line = createMemoryLine({
    readStatus: () => (pid === undefined ? null : systemFiles.readText(`/proc/${pid}/status`)),
    now: () => performance.now(),
  });
  line.start();
  line.enter('load');
  try {
    const loaded = await engine.request(
      'session.load',
      { path, provider: run.provider, settings: run.settings, inputs, runtimeInterface },
      { silenceLimitMs: limits.loadMs, signal },
    );
    onFacts({
      loadMs: loaded.loadMs,
      memory: {
        baselineBytes: loaded.memoryBefore.residentBytes,
        loadedBytes: loaded.memoryAfter.residentBytes,
        peakBytes: loaded.memoryAfter.peakBytes,
      },
      warnings: loaded.warnings,
    });
    line.enter('first-run');
    const first = await engine.request(
      'session.firstRun',
      { returnOutputs: false },
      { silenceLimitMs: limits.runMs, signal },
    );
    onFacts({ firstRunMs: first.firstRunMs });
    const limit = { silenceLimitMs: silenceOfRun(limits, first.firstRunMs), signal };
    const afterFirstRun = await engine.request('session.memory', {}, limit);
    line.enter('warm-up');
    if (run.provider !== 'node:cpu') {
      const reference = await referenceOf({ engines, run, inputs, references, limits, signal });
      const parity = await engine.request('session.parity', { reference: reference.outputs }, limit);
      onFacts({ parity });
      if (!parity.passed) throw parityError(run.provider, parity, reference.repeat);
    }
    const repeat = await engine.request('session.repeat', {}, limit);
    onFacts({ warnings: [...loaded.warnings, ...warningsOfRepeat(run.provider, repeat)] });
    const warmUp = await engine.request(
      'session.warmUp',
      { limitMs: WARM_UP_LIMIT_MS },
      { silenceLimitMs: WARM_UP_LIMIT_MS + limit.silenceLimitMs, signal },
    );
    onFacts({ warmUpRunCount: warmUp.runCount });
    line.enter('blocks');
    const record = {
      ...emptyRecord,
      runtimeInterface: loaded.runtimeInterface,
      processStartMs: engine.startMs ?? null,
      libraryLoadMs: loaded.libraryLoadMs,
      inputs: loaded.inputs,
      memory: { ...emptyRecord.memory, afterFirstRun: partsOf(afterFirstRun) },
    };
    return { engine, runMs: warmUp.lastRunMs, record, line };
  } catch (error) {
    await engine.kill();
    throw error;
  } finally {
    line.stop();
  }
}

export function requirePath(run: Pick<Run, 'model'>): string {
  if (run.model.path !== null) return run.model.path;
  throw new AppError('not-found', `The file of “${run.model.name}” is not in the library.`);
}

function referenceOf(options: {
  engines: EngineHost;
  run: StoredRun;
  inputs: InputSource;
  references: References;
  limits: SilenceLimits;
  signal: AbortSignal;
}): Promise<Reference> {
  const { run, references } = options;
  const { batchSize, dimensions } = run.settings;
  const key = JSON.stringify([run.model.sha256, batchSize, dimensions]);
  const known = references.get(key);
  if (known) return known;
  const made = runReference(options).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.kind === 'cancelled') throw error;
    throw new AppError(error.kind, `The CPU, which the results are compared with, failed: ${error.message}`, {
      cause: error,
    });
  });
  references.set(key, made);
  return made;
}

async function runReference(options: {
  engines: EngineHost;
  run: StoredRun;
  inputs: InputSource;
  limits: SilenceLimits;
  signal: AbortSignal;
}): Promise<Reference> {
  const { engines, run, inputs, limits, signal } = options;
  // Only what shapes the inputs is the case's own; everything else is ONNX Runtime's plain default.
  const { batchSize, dimensions } = run.settings;
  const settings = caseSettingsSchema.parse({ batchSize, dimensions });
  const engine = await engines.start({ signal });
  try {
    await engine.request(
      'session.load',
      { path: requirePath(run), provider: 'node:cpu', settings, inputs },
      { silenceLimitMs: limits.loadMs, signal },
    );
    const { outputs, firstRunMs } = await engine.request(
      'session.firstRun',
      { returnOutputs: true },
      { silenceLimitMs: limits.runMs, signal },
    );
    if (outputs === null) throw new AppError('internal', 'The CPU reference gave no outputs to compare with.');
    const silenceLimitMs = silenceOfRun(limits, firstRunMs);
    const repeat = await engine.request('session.repeat', {}, { silenceLimitMs, signal });
    return { outputs, repeat };
  } finally {
    await engine.kill();
  }
}

function parityError(provider: string, parity: Parity, ofReference: Repeat): AppError {
  const chance = ofReference.isIdentical
    ? ''
    : ' But node:cpu itself gives different results for the same inputs each time: the model computes with random numbers, and cannot be compared.';
  return new AppError(
    'parity-failed',
    `${provider} gives other results than the CPU, so no times are shown. ${parity.message}${chance}`,
  );
}
