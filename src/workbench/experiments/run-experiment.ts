/** The job that measures an experiment: cases are loaded, measured in rounds of blocks, and looked at closer. */
import { AppError } from '#shared/app-error.ts';
import { coresOf } from '#shared/cores-of.ts';
import { afterwardsSecondsOf } from '#shared/preflight.ts';
import { scenarioSeconds } from '#shared/scenarios/scenario.ts';
import type { JobContext } from '../jobs/job-handler.ts';
import type { StoredExperiment } from '../store/experiment-rows.ts';
import { measureBusyCores } from './busy-cores.ts';
import { warningsOfMachine } from './case-warnings.ts';
import { compareArenas } from './compare-arenas.ts';
import { createExperimentSession, type ExperimentDependencies, type ExperimentSession } from './experiment-session.ts';
import { loadCases } from './load-cases.ts';
import { measureLoaded, measureReloaded } from './measure-cases.ts';
import { measuredTimeMs } from './measured-time.ts';
import { hashPlanInputs } from './plan-inputs.ts';
import type { References } from './prepare-case.ts';
import { profileRuns } from './profile-runs.ts';
import { measureScenarios } from './scenarios/measure-scenarios.ts';

export async function runExperiment(
  dependencies: ExperimentDependencies,
  experimentId: string,
  context: JobContext,
): Promise<void> {
  const { store, datasets } = dependencies;
  const experiment = store.experiments.get(experimentId);
  if (experiment === null || experiment.isRemoved)
    throw new AppError('not-found', `There is no experiment ${experimentId}.`);
  store.experiments.saveStatus(experimentId, { status: 'running', error: null, endedAtMs: null });
  // It may have waited long, or is resumed.
  await hashPlanInputs(experiment.plan.inputs, datasets, context.signal);
  const share = shareBeforeScenarios(experiment, store.runs.listOf(experimentId).length);
  const beforeScenarios = scaleProgress(context, { from: 0, to: share });
  const session = createExperimentSession(dependencies, experiment, beforeScenarios);

  await measurePlan(session);
  if (experiment.plan.compareArena) await compareArenas(session);
  if (experiment.plan.profile) await profileRuns(session);
  const { report } = scaleProgress(context, { from: share, to: 1 });
  await measureScenarios({
    ...session,
    plan: experiment.plan,
    device: experiment.device,
    signal: context.signal,
    runs: session.runs(),
    onProgress: report,
    onFailure: (message) => context.log('warning', message),
  });

  const runs = session.runs();
  if (runs.some((run) => run.status === 'completed')) {
    store.experiments.saveStatus(experimentId, { status: 'completed', error: null, endedAtMs: Date.now() });
    return;
  }
  const error = runs.find((run) => run.error !== null)?.error;
  throw new AppError(error?.kind ?? 'internal', `No case could be measured. ${error?.message ?? ''}`.trim());
}

/** The samples of every run that waits: side by side where memory holds all of them. */
async function measurePlan(session: ExperimentSession): Promise<void> {
  const { experiment, job } = session;
  const machineWarnings = warningsOfMachine(experiment.device, await measureBusyCores(job.signal));
  const budgetMs = remainingBudgetMs(session);
  const references: References = new Map();
  const { live, doFit } = await loadCases(session, references, machineWarnings);
  if (doFit) await measureLoaded(session, live, budgetMs);
  else await measureReloaded(session, live, { budgetMs, references });
}

/** What is left of the time budget after the blocks that are saved. */
function remainingBudgetMs({ store, experiment, runs }: ExperimentSession): number {
  const measuredMs = measuredTimeMs(runs().flatMap((run) => store.runs.blocks(run.id)));
  return Math.max(0, experiment.plan.timeBudgetSeconds * 1000 - measuredMs);
}

/** Of the progress bar. */
function shareBeforeScenarios({ plan, device }: StoredExperiment, runCount: number): number {
  const before = plan.timeBudgetSeconds + runCount * afterwardsSecondsOf(plan);
  return before / (before + runCount * scenarioSeconds(plan.scenarios, coresOf(device)));
}

function scaleProgress(context: JobContext, { from, to }: { from: number; to: number }): JobContext {
  return {
    ...context,
    report: (progress, message) => context.report(progress === null ? null : from + (to - from) * progress, message),
  };
}
