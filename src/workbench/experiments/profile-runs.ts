import { AppError } from '#shared/app-error.ts';
import { median } from '#shared/statistics/quantile.ts';
import { warningsOfPlacement } from './case-warnings.ts';
import type { ExperimentSession } from './experiment-session.ts';
import { profileRun } from './profile-run.ts';
import { PROGRESS } from './progress-shares.ts';

/** Placement of every completed run that has none yet. */
export async function profileRuns(session: ExperimentSession): Promise<void> {
  const { store, engines, experiment, limits, job, titleOf, addWarnings } = session;
  const { signal } = job;
  const unprofiled = session.runs().filter((run) => run.status === 'completed' && run.placement.length === 0);
  for (const [index, run] of unprofiled.entries()) {
    const fraction = PROGRESS.measured + ((1 - PROGRESS.measured) * index) / unprofiled.length;
    job.report(fraction, `Looking where the nodes of ${titleOf(run)} ran`);
    try {
      const samples = store.runs.blocks(run.id).flatMap((block) => block.samplesMs);
      const { placement, operators } = await profileRun({
        engines,
        run,
        inputs: await session.inputsOf(run),
        runMs: median(samples),
        lastLevelCacheBytes: experiment.device.cpu.caches.l3Bytes,
        silenceLimitMs: limits.profileMs,
        signal,
      });
      if (operators !== null) store.runs.saveOperators(run.id, operators);
      store.runs.save(run.id, { placement });
      addWarnings(run.id, warningsOfPlacement(run.provider, placement));
    } catch (error) {
      if (signal.aborted || !(error instanceof AppError)) throw error;
      addWarnings(run.id, [
        { kind: 'profile-failed', message: `Where its nodes ran could not be found out: ${error.message}` },
      ]);
    }
  }
}
