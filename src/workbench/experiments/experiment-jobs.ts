/** How an experiment begins, and what becomes of it when its job does not complete. */
import { randomInt, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { ExperimentPlan } from '#shared/case.ts';
import { expandPlan } from '#shared/case.ts';
import type { Environment } from '#shared/experiment.ts';
import { throwIfCancelled } from '../unless-aborted.ts';
import { isWebProvider } from '#shared/web-engine-protocol.ts';
import type { Machine } from '../devices/machine.ts';
import type { ProviderCatalog } from '../devices/provider-catalog.ts';
import type { JobHandler } from '../jobs/job-handler.ts';
import type { JobRunner } from '../jobs/job-runner.ts';
import type { DatasetCatalog } from '../library/datasets.ts';
import type { ModelLibrary } from '../library/model-library.ts';
import type { StoredRun } from '../store/run-rows.ts';
import type { Store } from '../store/store.ts';
import { hashPlanInputs } from './plan-inputs.ts';
import type { ExperimentDependencies } from './experiment-session.ts';
import { runExperiment } from './run-experiment.ts';
import { refuseUnknownDimensions } from './refuse-unknown-dimensions.ts';

const inputSchema = z.object({ experimentId: z.string() });

export function createExperimentHandler(dependencies: ExperimentDependencies): JobHandler {
  const { store } = dependencies;
  return {
    needsMachine: true,
    async run(input, context) {
      const { experimentId } = inputSchema.parse(input);
      await runExperiment(dependencies, experimentId, context);
      return { experimentId };
    },
    /** Everything that is not completed is tried again; blocks that are saved stay. */
    onRequeued(job) {
      const { experimentId } = inputSchema.parse(job.input);
      store.experiments.saveStatus(experimentId, { status: 'pending', error: null, endedAtMs: null });
      for (const run of store.runs.listOf(experimentId)) {
        if (run.status !== 'completed') store.runs.save(run.id, { status: 'pending', error: null, endedAtMs: null });
      }
    },
    onStopped(job, status, error) {
      const { experimentId } = inputSchema.parse(job.input);
      store.experiments.saveStatus(experimentId, { status, error, endedAtMs: Date.now() });
      for (const run of store.runs.listOf(experimentId)) {
        if (run.status !== 'pending' && run.status !== 'running') continue;
        const stopped = status === 'interrupted' ? 'pending' : status;
        store.runs.save(run.id, {
          status: stopped,
          error: status === 'failed' ? error : null,
          endedAtMs: stopped === 'pending' ? null : Date.now(),
        });
      }
    },
  };
}

export async function startExperiment(
  dependencies: {
    store: Store;
    library: ModelLibrary;
    datasets: DatasetCatalog;
    machine: Machine;
    providerCatalog: ProviderCatalog;
    jobs: JobRunner;
    environment: Environment;
    webEnvironment: () => Promise<Environment['web']>;
  },
  planned: ExperimentPlan,
  signal?: AbortSignal,
): Promise<{ experimentId: string; jobId: string }> {
  const { store, library, machine, jobs } = dependencies;
  const plan = {
    ...(await dependencies.providerCatalog.check(planned)),
    inputs: await hashPlanInputs(planned.inputs, dependencies.datasets, signal),
    seed: planned.seed ?? randomInt(2 ** 32),
  };
  const variants = new Map(plan.variantIds.map((id) => [id, library.getVariant(id)]));
  refuseUnknownDimensions(plan, [...variants.values()]);
  const device = await machine.device();
  const web = plan.providers.some(isWebProvider) ? await dependencies.webEnvironment() : undefined;
  const environment = { ...dependencies.environment, ...(web === undefined ? {} : { web }) };
  const experimentId = randomUUID();
  const names = plan.variantIds.map((id) => variants.get(id)?.name ?? id);
  const name = plan.name?.trim() || defaultName(names);
  const cases = expandPlan(plan);
  throwIfCancelled(signal);
  const job = jobs.start(
    { kind: 'experiment', title: name, subject: { experimentId }, input: { experimentId } },
    (jobId) => {
      store.experiments.add({
        id: experimentId,
        name,
        plan,
        environment,
        device,
        status: 'pending',
        error: null,
        createdAtMs: Date.now(),
        endedAtMs: null,
        jobId,
        isImported: false,
      });
      for (const [position, item] of cases.entries()) {
        const variant = library.getVariant(item.variantId);
        const run: StoredRun = {
          id: randomUUID(),
          experimentId,
          model: { name: variant.name, path: variant.path, sha256: variant.id, sizeBytes: variant.sizeBytes },
          provider: item.provider,
          settings: item.settings,
          status: 'pending',
          error: null,
          loadMs: null,
          firstRunMs: null,
          warmUpRunCount: null,
          memory: { baselineBytes: null, loadedBytes: null, peakBytes: null },
          placement: [],
          parity: null,
          warnings: [],
          startedAtMs: null,
          endedAtMs: null,
        };
        store.runs.add(run, position);
      }
    },
  );
  return { experimentId, jobId: job.id };
}

/** `fashion-resnet` or `fashion-resnet and 2 others`. */
function defaultName(variantNames: readonly string[]): string {
  const [first = 'Experiment', ...others] = variantNames;
  if (others.length === 0) return first;
  if (others.length === 1) return `${first} and ${others[0]}`;
  return `${first} and ${others.length} others`;
}
