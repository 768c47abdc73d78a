/** Which provider ran which nodes, and for how long: asked in a process of its own, after measuring, because profiling costs time. */
import type { EngineResult, InputSource } from '#shared/engine-protocol.ts';
import type { EngineHost } from '../engine-process/engine-host.ts';
import type { StoredRun } from '../store/run-rows.ts';
import { requirePath } from './prepare-case.ts';
import { SILENCE_FACTOR } from './silence-limits.ts';

/** Enough that means resolve single microseconds, without profiling a slow model for minutes. */
const FEWEST_RUNS = 6;
/** Of a model that takes longer, where its nodes ran is worth more than exact shares of the time. */
const SLOW_RUN_MS = 1000;
const FEWEST_SLOW_RUNS = 2;
const MOST_RUNS = 60;
const PROFILED_MS = 400;

export async function profileRun(options: {
  engines: EngineHost;
  run: StoredRun;
  inputs: InputSource;
  /** Time of one run without the profiler. */
  runMs: number;
  /** Bytes; null where not known. */
  lastLevelCacheBytes: number | null;
  silenceLimitMs: number;
  signal: AbortSignal;
}): Promise<EngineResult<'session.profile'>> {
  const { engines, run, inputs, runMs, lastLevelCacheBytes, silenceLimitMs, signal } = options;
  const limits = { silenceLimitMs, signal };
  const engine = await engines.start({ provider: run.provider, signal });
  try {
    const { provider, settings } = run;
    await engine.request('session.load', { path: requirePath(run), provider, settings, inputs }, limits);
    const fewest = runMs > SLOW_RUN_MS ? FEWEST_SLOW_RUNS : FEWEST_RUNS;
    const runCount = Math.max(fewest, Math.min(MOST_RUNS, Math.round(PROFILED_MS / runMs)));
    // One more run comes before those that count, and runs are slower under the profiler.
    const patient = { ...limits, silenceLimitMs: silenceLimitMs + SILENCE_FACTOR * (runCount + 1) * runMs };
    const request = { runCount, sizeBytes: run.model.sizeBytes, lastLevelCacheBytes };
    return await engine.request('session.profile', request, patient);
  } finally {
    await engine.kill();
  }
}
