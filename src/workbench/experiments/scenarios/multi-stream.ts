/** Multi-stream: one query of several items, sent when the last is answered. */
import { AppError } from '#shared/app-error.ts';
import type { ScenarioPlan } from '#shared/scenarios/scenario.ts';
import type { EngineProcess } from '../../engine-process/engine-process.ts';
import { requirePath } from '../prepare-case.ts';
import { SILENCE_FACTOR } from '../silence-limits.ts';
import type { Scenario, ScenarioContext } from './scenario-context.ts';

const WARM_UP_LIMIT_MS = 3000;
const BLOCK_MS = 1000;
/** Three times what a p99 needs. */
const MOST_QUERIES = 2000;

export const multiStream: Scenario<Extract<ScenarioPlan, { kind: 'multi-stream' }>> = {
  obstacleOf: () => null,
  async measure({ itemsPerQuery, timeLimitSeconds }, context) {
    const { limits, signal, onBlock, onProgress } = context;
    onProgress(0, `loading it for ${itemsPerQuery} items at once`);
    const { engine, runsPerQuery } = await load(context, itemsPerQuery);
    try {
      const request = { silenceLimitMs: limits.runMs, signal };
      const { lastRunMs } = await engine.request('session.warmUp', { limitMs: WARM_UP_LIMIT_MS }, request);
      const totalMs = timeLimitSeconds * 1000;
      const silenceLimitMs = limits.measureMs + SILENCE_FACTOR * lastRunMs * runsPerQuery;
      let spentMs = 0;
      let queryCount = 0;
      while (queryCount === 0 || (spentMs < totalMs && queryCount < MOST_QUERIES)) {
        onProgress(Math.min(1, Math.max(spentMs / totalMs, queryCount / MOST_QUERIES)), `${queryCount} queries so far`);
        const block = {
          durationMs: Math.min(BLOCK_MS, totalMs - spentMs),
          minimumSamples: runsPerQuery,
          settleRuns: 0,
        };
        const endWatch = context.watch.start();
        const { usage, ...measured } = await engine.request('session.measure', block, { silenceLimitMs, signal });
        const facts = { itemsPerQuery, runsPerQuery, context: endWatch(usage) };
        const samplesMs = queriesOf(measured.samplesMs, runsPerQuery);
        spentMs += samplesMs.reduce((sum, value) => sum + value, 0);
        queryCount += samplesMs.length;
        const { startedAtMs } = measured;
        onBlock({ kind: 'multi-stream', startedAtMs, facts, samplesMs });
      }
    } finally {
      await engine.kill();
    }
  },
};

/** As one batch; where the model fixes its batch, as so many runs of the case's own. */
async function load(
  context: ScenarioContext,
  itemsPerQuery: number,
): Promise<{ engine: EngineProcess; runsPerQuery: number }> {
  const { run } = context;
  const { batchSize } = run.settings;
  try {
    return { engine: await loadSession(context, itemsPerQuery), runsPerQuery: 1 };
  } catch (error) {
    const isBatchRefused =
      error instanceof AppError && (error.kind === 'unsupported' || error.kind === 'invalid-input');
    if (!isBatchRefused || batchSize === itemsPerQuery || itemsPerQuery % batchSize !== 0) throw error;
    return { engine: await loadSession(context, batchSize), runsPerQuery: itemsPerQuery / batchSize };
  }
}

async function loadSession(context: ScenarioContext, batchSize: number): Promise<EngineProcess> {
  const { engines, run, inputs, runtimeInterface, limits, signal } = context;
  const engine = await engines.start({ provider: run.provider, signal });
  try {
    const settings = { ...run.settings, batchSize };
    const params = { path: requirePath(run), provider: run.provider, settings, inputs, runtimeInterface };
    await engine.request('session.load', params, { silenceLimitMs: limits.loadMs, signal });
    await engine.request('session.firstRun', { returnOutputs: false }, { silenceLimitMs: limits.runMs, signal });
    return engine;
  } catch (error) {
    await engine.kill();
    throw error;
  }
}

/** Runs that make up whole queries. */
function queriesOf(runMs: Float64Array, runsPerQuery: number): number[] {
  return Array.from({ length: Math.floor(runMs.length / runsPerQuery) }, (_, query) =>
    runMs.subarray(query * runsPerQuery, (query + 1) * runsPerQuery).reduce((sum, value) => sum + value, 0),
  );
}
