/** The cases of an experiment from the plan to where they can be measured: loaded beside each other as far as memory goes. */
import { AppError } from '#shared/app-error.ts';
import type { Device } from '#shared/device.ts';
import { formatBytes } from '#shared/format.ts';
import type { RunWarning } from '#shared/run.ts';
import { factsOf } from '../devices/provider-facts.ts';
import type { EngineHost } from '../engine-process/engine-host.ts';
import type { RunFacts, StoredRun } from '../store/run-rows.ts';
import { warningsOfIgnoredSettings, warningsOfInputs, warningsOfSettings } from './case-warnings.ts';
import type { ExperimentSession } from './experiment-session.ts';
import { neededBytesOf } from './needed-bytes.ts';
import { type PreparedCase, prepareCase, type References } from './prepare-case.ts';
import { PROGRESS } from './progress-shares.ts';

export type LiveCase = PreparedCase & {
  run: StoredRun;
  /** Of all that came before its blocks. */
  preparedInMs: number;
};

/**
 * Loads all cases beside each other as far as memory goes. Where it does not, `doFit` is false: each was loaded alone and is gone
 * again, so that only what is known of it is left. A case that cannot be loaded is a failed run.
 */
export async function loadCases(
  session: ExperimentSession,
  references: References,
  machineWarnings: readonly RunWarning[],
): Promise<{ live: LiveCase[]; doFit: boolean }> {
  const { job, titleOf, availableMemory } = session;
  const waiting = session.runs().filter((run) => run.status === 'pending');
  const live: LiveCase[] = [];
  let doFit = true;
  try {
    for (const [position, run] of waiting.entries()) {
      const neededBytes = neededBytesOf(run);
      if (doFit && live.length > 0 && availableMemory() < neededBytes) {
        job.log(
          'warning',
          `${titleOf(run)} does not fit into memory beside the others: it needs about ${formatBytes(neededBytes)}. Each case is loaded anew in every round.`,
        );
        doFit = false;
        await endAll(live);
      }
      job.report((PROGRESS.loaded * position) / waiting.length, `Loading ${titleOf(run)}`);
      const prepared = await loadCase(session, run, references, machineWarnings);
      if (prepared === null) continue;
      live.push(prepared);
      if (!doFit) await prepared.engine.kill();
    }
  } catch (error) {
    await endAll(live);
    throw error;
  }
  return { live, doFit };
}

export async function endAll(live: readonly LiveCase[]): Promise<void> {
  await Promise.all(live.map(({ engine }) => engine.kill()));
}

/** @returns null where the run failed */
async function loadCase(
  session: ExperimentSession,
  run: StoredRun,
  references: References,
  machineWarnings: readonly RunWarning[],
): Promise<LiveCase | null> {
  const { store, engines, providerCatalog, runtimeInterface, limits, experiment, addWarnings } = session;
  const { signal } = session.job;
  const { plan, device } = experiment;
  store.runs.save(run.id, { status: 'running', error: null, startedAtMs: Date.now(), warnings: [] });
  const onFacts = (facts: RunFacts): void => store.runs.save(run.id, facts);
  const startMs = performance.now();
  try {
    refuseUnsupported(run, device, engines);
    const inputs = await session.inputsOf(run);
    const prepared = await prepareCase({ engines, run, inputs, runtimeInterface, references, limits, signal, onFacts });
    const descriptors = await providerCatalog.list();
    addWarnings(run.id, [
      ...machineWarnings,
      ...warningsOfSettings(run.settings, device),
      ...warningsOfIgnoredSettings(run, descriptors),
      ...warningsOfInputs(plan.inputs, store.models.getVariant(run.model.sha256)?.inspection.operators ?? {}),
    ]);
    return { ...prepared, run, preparedInMs: performance.now() - startMs };
  } catch (error) {
    if (signal.aborted || !(error instanceof AppError)) throw error;
    session.failRun(run, error);
    return null;
  }
}

function refuseUnsupported(run: StoredRun, device: Device, engines: EngineHost): void {
  const { findObstacle, adviceOtherwise } = factsOf(run.provider);
  const obstacle = engines.obstacleOf(run.provider) ?? findObstacle(device);
  if (obstacle !== null) throw new AppError('unsupported', `${obstacle} ${adviceOtherwise}`);
}
