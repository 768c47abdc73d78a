/** What the arena takes: the same case with its other setting, loaded and run once in a process of its own. */
import type { InputSource } from '#shared/engine-protocol.ts';
import type { RunRecord } from '#shared/run-record.ts';
import type { RuntimeInterface } from '#shared/runtime-interface.ts';
import type { EngineHost } from '../engine-process/engine-host.ts';
import type { StoredRun } from '../store/run-rows.ts';
import { requirePath } from './prepare-case.ts';
import type { SilenceLimits } from './silence-limits.ts';

export async function compareArena(options: {
  engines: EngineHost;
  run: StoredRun;
  inputs: InputSource;
  runtimeInterface: RuntimeInterface;
  limits: SilenceLimits;
  signal: AbortSignal;
}): Promise<RunRecord['memory']['otherArena']> {
  const { engines, run, inputs, runtimeInterface, limits, signal } = options;
  const settings = { ...run.settings, cpuArena: !run.settings.cpuArena };
  const engine = await engines.start({ provider: run.provider, signal });
  try {
    const loaded = await engine.request(
      'session.load',
      { path: requirePath(run), provider: run.provider, settings, inputs, runtimeInterface },
      { silenceLimitMs: limits.loadMs, signal },
    );
    const request = { silenceLimitMs: limits.runMs, signal };
    await engine.request('session.firstRun', { returnOutputs: false }, request);
    const { residentBytes, peakBytes } = await engine.request('session.memory', {}, request);
    return {
      cpuArena: settings.cpuArena,
      loadedBytes: loaded.memoryAfter.residentBytes,
      afterFirstRunBytes: residentBytes,
      peakBytes,
    };
  } finally {
    await engine.kill();
  }
}
