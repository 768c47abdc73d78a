/** Which provider ran which nodes, and for how long: asked in a process of its own, after measuring, because profiling costs time. */
import type { EngineResult, InputSource } from '#shared/engine-protocol.ts';
import type { EngineHost } from '../engine-process/engine-host.ts';
import type { StoredRun } from '../store/run-rows.ts';
import { requirePath } from './prepare-case.ts';

/** Enough that means resolve single microseconds, without profiling a slow model for minutes. */
const FEWEST_RUNS = 6;
const MOST_RUNS = 60;
const PROFILED_MS = 400;
const PROFILE_LIMIT_MS = 300_000;

export async function profileRun(options: {
  engines: EngineHost;
  run: StoredRun;
  inputs: InputSource;
  /** Time of one run without the profiler. */
  runMs: number;
  signal: AbortSignal;
}): Promise<EngineResult<'session.profile'>> {
  const { engines, run, inputs, runMs, signal } = options;
  const limits = { silenceLimitMs: PROFILE_LIMIT_MS, signal };
  const engine = await engines.start({ provider: run.provider, signal });
  try {
    const { provider, settings } = run;
    await engine.request('session.load', { path: requirePath(run), provider, settings, inputs }, limits);
    const runCount = Math.max(FEWEST_RUNS, Math.min(MOST_RUNS, Math.round(PROFILED_MS / runMs)));
    return await engine.request('session.profile', { runCount }, limits);
  } finally {
    await engine.kill();
  }
}
