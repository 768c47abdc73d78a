/** Experiments as the page and the command line see them: stored facts and what follows from the raw samples. */
import { AppError } from '#shared/app-error.ts';
import type { Experiment, ExperimentSummary } from '#shared/experiment.ts';
import type { Comparison, Run, SampleBlock } from '#shared/run.ts';
import { deviceName } from '../devices/machine.ts';
import type { StoredExperiment } from '../store/experiment-rows.ts';
import type { Store } from '../store/store.ts';
import { baselineOf } from './baseline-of.ts';
import { createRunDeriver } from './derive-run.ts';

export type ExperimentBook = ReturnType<typeof createExperimentBook>;

export function createExperimentBook(store: Store) {
  const deriver = createRunDeriver(store);

  const requireStored = (id: string): StoredExperiment => {
    const experiment = store.experiments.get(id);
    if (experiment === null || experiment.isRemoved) throw new AppError('not-found', `There is no experiment ${id}.`);
    return experiment;
  };
  const summarize = (experiment: StoredExperiment): ExperimentSummary => {
    const runs = store.runs.listOf(experiment.id);
    const { id, name, status, error, createdAtMs, endedAtMs, jobId, isImported } = experiment;
    return {
      id,
      name,
      status,
      error,
      createdAtMs,
      endedAtMs,
      jobId,
      isImported,
      deviceFingerprint: experiment.device.fingerprint,
      deviceName: deviceName(experiment.device),
      runCount: runs.length,
      completedRunCount: runs.filter((run) => run.status === 'completed').length,
      modelNames: [...new Set(runs.map((run) => run.model.name))],
      providers: [...new Set(runs.map((run) => run.provider))],
    };
  };
  const compareAll = (runs: readonly Run[], looks: readonly number[]): Comparison[] =>
    runs.flatMap((run) => {
      const baseline = baselineOf(runs, run);
      if (baseline === null) return [];
      const compared = deriver.compare(baseline.id, run.id, looks);
      return compared ? [{ baselineRunId: baseline.id, candidateRunId: run.id, ...compared }] : [];
    });

  return {
    list: (): ExperimentSummary[] => store.experiments.list().map(summarize),
    summary: (id: string): ExperimentSummary => summarize(requireStored(id)),
    get(id: string): Experiment {
      const experiment = requireStored(id);
      const { plan, environment, device } = experiment;
      const runs = store.runs.listOf(id).map((run) => deriver.derive(run, plan.seed ?? 0));
      const looks = store.experiments.looks(id);
      const comparisons = compareAll(runs, looks);
      return { ...summarize(experiment), plan, environment, device, runs, comparisons, looks };
    },
    getRun(id: string): Run {
      const run = store.runs.get(id);
      if (run === null) throw new AppError('not-found', `There is no run ${id}.`);
      return deriver.derive(run, requireStored(run.experimentId).plan.seed ?? 0);
    },
    samples(runId: string): SampleBlock[] {
      if (store.runs.get(runId) === null) throw new AppError('not-found', `There is no run ${runId}.`);
      return store.runs.blocks(runId);
    },
    /** Experiments by their own ids or by ids of their runs, each once, in the order named. */
    resolveIds(ids: readonly string[]): string[] {
      const found = ids.map((id) => {
        const experiment = store.experiments.get(id);
        if (experiment && !experiment.isRemoved) return id;
        const run = store.runs.get(id);
        if (run) return requireStored(run.experimentId).id;
        throw new AppError('not-found', `There is no experiment or run ${id}.`);
      });
      return [...new Set(found)];
    },
    rename(id: string, name: string): ExperimentSummary {
      requireStored(id);
      store.experiments.rename(id, name);
      return summarize(requireStored(id));
    },
    remove(id: string): void {
      const experiment = requireStored(id);
      if (experiment.status === 'running' || experiment.status === 'pending') {
        throw new AppError('conflict', `“${experiment.name}” is still being measured: cancel it first.`);
      }
      store.experiments.markRemoved(id, Date.now());
    },
    restore(id: string): ExperimentSummary {
      if (store.experiments.get(id) === null) throw new AppError('not-found', `The experiment ${id} is gone for good.`);
      store.experiments.markRemoved(id, null);
      return summarize(requireStored(id));
    },
  };
}
