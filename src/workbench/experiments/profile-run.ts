/** Which provider ran which nodes: asked in a process of its own, after measuring, because profiling costs time. */
import type { InputSource } from '#shared/engine-protocol.ts';
import type { Placement } from '#shared/run.ts';
import type { EngineHost } from '../engine-process/engine-host.ts';
import type { StoredRun } from '../store/run-rows.ts';
import { requirePath } from './prepare-case.ts';

const PROFILED_RUNS = 5;
const PROFILE_LIMIT_MS = 300_000;

export async function profileRun(options: {
  engines: EngineHost;
  run: StoredRun;
  inputs: InputSource;
  signal: AbortSignal;
}): Promise<Placement[]> {
  const { engines, run, inputs, signal } = options;
  const limits = { silenceLimitMs: PROFILE_LIMIT_MS, signal };
  const engine = await engines.start({ signal });
  try {
    const { provider, settings } = run;
    await engine.request('session.load', { path: requirePath(run), provider, settings, inputs }, limits);
    const { placement } = await engine.request('session.profile', { runCount: PROFILED_RUNS }, limits);
    return placement;
  } finally {
    await engine.kill();
  }
}
