import type { Environment } from '#shared/experiment.ts';
import type { Machine } from '../devices/machine.ts';
import type { ProviderCatalog } from '../devices/provider-catalog.ts';
import type { ExperimentBook } from '../experiments/experiment-book.ts';
import { startExperiment } from '../experiments/experiment-jobs.ts';
import type { createPreflight } from '../experiments/preflight.ts';
import { reproduceExperiment } from '../experiments/reproduce-experiment.ts';
import type { JobRunner } from '../jobs/job-runner.ts';
import type { DatasetCatalog } from '../library/datasets.ts';
import type { ModelLibrary } from '../library/model-library.ts';
import type { Store } from '../store/store.ts';
import { exportRuns } from '../transfer/export-runs.ts';
import { importRuns } from '../transfer/import-runs.ts';
import type { Implementer } from './implementer.ts';

type Parts = {
  store: Store;
  book: ExperimentBook;
  library: ModelLibrary;
  datasets: DatasetCatalog;
  machine: Machine;
  providerCatalog: ProviderCatalog;
  preflight: ReturnType<typeof createPreflight>;
  jobs: JobRunner;
  environment: Environment;
  webEnvironment: () => Promise<Environment['web']>;
};

export function experimentsRouter(os: Implementer, parts: Parts) {
  const { book } = parts;
  return os.experiments.router({
    start: os.experiments.start.handler(({ input, signal }) => startExperiment(parts, input, signal)),
    preflight: os.experiments.preflight.handler(({ input, signal }) =>
      parts.preflight(input.plan, { ...input, signal }),
    ),
    reproduce: os.experiments.reproduce.handler(({ input, signal }) => reproduceExperiment(parts, input, signal)),
    list: os.experiments.list.handler(() => book.list()),
    get: os.experiments.get.handler(({ input }) => book.get(input.id)),
    rename: os.experiments.rename.handler(({ input }) => book.rename(input.id, input.name)),
    remove: os.experiments.remove.handler(({ input }) => {
      book.remove(input.id);
      return { removedId: input.id };
    }),
    restore: os.experiments.restore.handler(({ input }) => book.restore(input.id)),
  });
}

export function runsRouter(os: Implementer, { store, book }: Parts) {
  return os.runs.router({
    get: os.runs.get.handler(({ input }) => book.getRun(input.id)),
    samples: os.runs.samples.handler(({ input }) => ({ runId: input.runId, blocks: book.samples(input.runId) })),
    operators: os.runs.operators.handler(({ input }) => ({
      runId: input.runId,
      operators: book.operators(input.runId),
      aligned: book.aligned(input.runId),
    })),
    record: os.runs.record.handler(({ input }) => book.record(input.runId)),
    export: os.runs.export.handler(({ input }) => exportRuns({ store, book }, input.ids, input.path)),
    import: os.runs.import.handler(({ input }) => importRuns(store, input.path)),
  });
}
