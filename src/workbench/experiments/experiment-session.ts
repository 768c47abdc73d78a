/** What every part of one measuring job works with. */
import { type AppError, toErrorData } from '#shared/app-error.ts';
import type { InputSource } from '#shared/engine-protocol.ts';
import type { RunWarning } from '#shared/run.ts';
import { interfaceOfPlan, type RuntimeInterface } from '#shared/runtime-interface.ts';
import { conditionText } from '#shared/text/case-text.ts';
import type { ProviderCatalog } from '../devices/provider-catalog.ts';
import type { EngineHost } from '../engine-process/engine-host.ts';
import type { JobContext } from '../jobs/job-handler.ts';
import type { DatasetCatalog } from '../library/datasets.ts';
import { createEnergyMeter } from '../machine-state/energy-meter.ts';
import { createMachineReading } from '../machine-state/read-machine-state.ts';
import type { SystemFiles } from '../machine-state/system-files.ts';
import { type BlockWatch, createBlockWatch } from '../machine-state/watch-block.ts';
import type { StoredExperiment } from '../store/experiment-rows.ts';
import type { StoredRun } from '../store/run-rows.ts';
import type { Store } from '../store/store.ts';
import { inputSourceOf } from './plan-inputs.ts';
import { defaultSilenceLimits, type SilenceLimits } from './silence-limits.ts';

export type ExperimentDependencies = {
  store: Store;
  engines: EngineHost;
  datasets: DatasetCatalog;
  providerCatalog: ProviderCatalog;
  /** Bytes that new processes may still take. */
  availableMemory: () => number;
  /** Where the machine tells its state. */
  machineFiles: SystemFiles;
  silenceLimits?: Partial<SilenceLimits>;
};

export type ExperimentSession = Omit<ExperimentDependencies, 'datasets' | 'silenceLimits'> & {
  experiment: StoredExperiment;
  job: JobContext;
  seed: number;
  /** Asked for; each run records which it was. */
  runtimeInterface: RuntimeInterface;
  limits: SilenceLimits;
  watch: BlockWatch;
  /** As they are stored now. */
  runs: () => StoredRun[];
  titleOf: (run: StoredRun) => string;
  inputsOf: (run: StoredRun) => Promise<InputSource>;
  /** In place of those of the same kinds. */
  addWarnings: (runId: string, added: readonly RunWarning[]) => void;
  failRun: (run: StoredRun, error: AppError) => void;
};

export function createExperimentSession(
  { datasets, silenceLimits, ...dependencies }: ExperimentDependencies,
  experiment: StoredExperiment,
  job: JobContext,
): ExperimentSession {
  const { store, machineFiles } = dependencies;
  const { plan } = experiment;
  const seed = plan.seed ?? 0;
  const energy = createEnergyMeter(machineFiles);
  if (energy.obstacle !== null) job.log('info', energy.obstacle);
  const watch = createBlockWatch({
    energy,
    read: createMachineReading(machineFiles),
    ownCpuMs() {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
    now: () => performance.now(),
  });
  const titleOf = (run: StoredRun): string => `${run.model.name} on ${conditionText(run)}`;

  return {
    ...dependencies,
    experiment,
    job,
    seed,
    runtimeInterface: interfaceOfPlan(plan),
    limits: { ...defaultSilenceLimits, ...silenceLimits },
    watch,
    runs: () => store.runs.listOf(experiment.id),
    titleOf,
    inputsOf(run) {
      const modelId = store.models.getVariant(run.model.sha256)?.modelId;
      const tiedFamily = modelId === undefined ? null : (store.models.get(modelId)?.datasetId ?? null);
      return inputSourceOf(plan.inputs, { datasets, tiedFamily, seed });
    },
    addWarnings(runId, added) {
      const run = store.runs.get(runId);
      if (run === null || added.length === 0) return;
      const kinds = new Set(added.map((warning) => warning.kind));
      store.runs.save(runId, { warnings: [...run.warnings.filter((warning) => !kinds.has(warning.kind)), ...added] });
    },
    failRun(run, error) {
      const data = toErrorData(error);
      const status = data.kind === 'unsupported' ? 'unsupported' : 'failed';
      store.runs.save(run.id, { status, error: data, endedAtMs: Date.now() });
      job.log(status === 'unsupported' ? 'warning' : 'error', `${titleOf(run)}: ${data.message}`);
    },
  };
}
