/** Experiments as the page and the command line see them: stored facts and what follows from the raw samples. */
import { type AlignedOperators, alignOperators } from '#shared/align-operators.ts';
import { AppError } from '#shared/app-error.ts';
import type { Device } from '#shared/device.ts';
import type { Experiment, ExperimentSummary } from '#shared/experiment.ts';
import { explainSpeed } from '#shared/explain-speed.ts';
import { suggestSmallerWeights } from '#shared/memory-bound.ts';
import { sustainedReasons } from '#shared/sustained-reasons.ts';
import { quartilesOf, type SustainedBlock } from '#shared/sustained-window.ts';
import { type DividedTime, divideTime } from '#shared/operator-profile.ts';
import type { Comparison, Run, SampleBlock } from '#shared/run.ts';
import type { RunDetails, SustainedWindow } from '#shared/run-record.ts';
import { givesTimes } from '#shared/gives-times.ts';
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
      reproduces: experiment.plan.reproduces,
    };
  };
  const compareAll = (
    runs: readonly Run[],
    options: { looks: readonly number[]; smallestDifference: number },
  ): Comparison[] =>
    runs.flatMap((run) => {
      const baseline = baselineOf(runs, run);
      if (baseline === null || !givesTimes(run) || !givesTimes(baseline)) return [];
      const compared = deriver.compare(baseline.id, run.id, options);
      return compared ? [{ baselineRunId: baseline.id, candidateRunId: run.id, ...compared }] : [];
    });

  const divide = (run: Run): DividedTime | null => {
    const profile = run.status === 'completed' && run.latencyMs !== null ? store.runs.operators(run.id) : null;
    return profile === null || run.latencyMs === null ? null : divideTime(profile, run.latencyMs.median);
  };
  const explainAll = (runs: readonly Run[], comparisons: readonly Comparison[], device: Device): Run[] => {
    const times = new Map(runs.map((run) => [run.id, divide(run)]));
    return runs.map((run) => {
      const time = times.get(run.id) ?? null;
      const comparison = comparisons.find(({ candidateRunId }) => candidateRunId === run.id);
      const baseline = runs.find(({ id }) => id === comparison?.baselineRunId);
      if (time === null) return run;
      const isVariant = baseline?.provider === run.provider && baseline.model.sha256 !== run.model.sha256;
      if (!comparison || !baseline || !isVariant) {
        const suggestion = suggestSmallerWeights(time);
        return suggestion === null ? run : { ...run, findings: [suggestion] };
      }
      const about = {
        baseline: { run: baseline, time: times.get(baseline.id) ?? null },
        verdict: comparison.verdict,
        device,
      };
      return { ...run, findings: explainSpeed({ run, time }, about) };
    });
  };

  return {
    list: (): ExperimentSummary[] => store.experiments.list().map(summarize),
    summary: (id: string): ExperimentSummary => summarize(requireStored(id)),
    get(id: string): Experiment {
      const experiment = requireStored(id);
      const { plan, environment, device } = experiment;
      const runs = store.runs.listOf(id).map((run) => deriver.derive(run, plan));
      const looks = store.experiments.looks(id);
      const comparisons = compareAll(runs, { looks, smallestDifference: plan.smallestDifference });
      const explained = explainAll(runs, comparisons, device);
      return { ...summarize(experiment), plan, environment, device, runs: explained, comparisons, looks };
    },
    getRun(id: string): Run {
      const run = store.runs.get(id);
      if (run === null) throw new AppError('not-found', `There is no run ${id}.`);
      return deriver.derive(run, requireStored(run.experimentId).plan);
    },
    samples(runId: string): SampleBlock[] {
      if (store.runs.get(runId) === null) throw new AppError('not-found', `There is no run ${runId}.`);
      return store.runs.blocks(runId);
    },
    record(runId: string): RunDetails {
      const run = store.runs.get(runId);
      if (run === null) throw new AppError('not-found', `There is no run ${runId}.`);
      const bytes = store.models.getVariant(run.model.sha256)?.inspection.bytesByDtype;
      const windows = store.records.sustained(runId);
      return {
        runId,
        record: store.records.get(runId),
        sustained: windows.map(summarizeWindow),
        sustainedReasons: sustainedReasons(windows),
        weightBytes: bytes === undefined ? null : Object.values(bytes).reduce((sum, value) => sum + value, 0),
      };
    },
    /** null for a run that was not profiled, or has no times to divide. */
    operators(runId: string): DividedTime | null {
      const run = store.runs.get(runId);
      if (run === null) throw new AppError('not-found', `There is no run ${runId}.`);
      return divide(deriver.derive(run, requireStored(run.experimentId).plan));
    },
    /** Beside its baseline; null where there is none of another file on the same provider, or one of them was not profiled. */
    aligned(runId: string): AlignedOperators | null {
      const run = store.runs.get(runId);
      if (run === null) throw new AppError('not-found', `There is no run ${runId}.`);
      const { plan } = requireStored(run.experimentId);
      const baseline = baselineOf(store.runs.listOf(run.experimentId), run);
      if (baseline?.provider !== run.provider || baseline.model.sha256 === run.model.sha256) return null;
      const [original, compressed] = [divide(deriver.derive(baseline, plan)), divide(deriver.derive(run, plan))];
      return original === null || compressed === null ? null : alignOperators(original, compressed);
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

function summarizeWindow(window: SustainedBlock): SustainedWindow {
  const { startedAtMs, context } = window;
  return { startedAtMs, ...quartilesOf(window), clockMegahertz: context?.clockMegahertz ?? null };
}
