/** The job that measures an experiment: groups of cases that fit into memory, rounds of blocks, memory, placement. */
import { AppError, toErrorData } from '#shared/app-error.ts';
import type { Device } from '#shared/device.ts';
import type { InputSource } from '#shared/engine-protocol.ts';
import { formatBytes } from '#shared/format.ts';
import type { RunWarning } from '#shared/run.ts';
import { scenarioSeconds } from '#shared/scenarios/scenario.ts';
import { median } from '#shared/statistics/quantile.ts';
import { factsOf } from '../devices/provider-facts.ts';
import type { ProviderCatalog } from '../devices/provider-catalog.ts';
import type { EngineHost } from '../engine-process/engine-host.ts';
import type { DatasetCatalog } from '../library/datasets.ts';
import type { JobContext } from '../jobs/job-handler.ts';
import type { StoredExperiment } from '../store/experiment-rows.ts';
import type { RunFacts, StoredRun } from '../store/run-rows.ts';
import type { Store } from '../store/store.ts';
import { measureBusyCores } from './busy-cores.ts';
import {
  reducedRoundsWarning,
  reloadedWarning,
  warningsOfIgnoredSettings,
  warningsOfInputs,
  warningsOfMachine,
  warningsOfPlacement,
  warningsOfSettings,
} from './case-warnings.ts';
import { createEnergyMeter } from '../machine-state/energy-meter.ts';
import { createMachineReading } from '../machine-state/read-machine-state.ts';
import { systemFiles } from '../machine-state/system-files.ts';
import { createBlockWatch } from '../machine-state/watch-block.ts';
import { compareArena } from './compare-arena.ts';
import { finishCase } from './finish-case.ts';
import { createReloadedCases, type GroupCase } from './group-case.ts';
import { measureRounds } from './measure-rounds.ts';
import { measuredTimeMs } from './measured-time.ts';
import { neededBytesOf } from './needed-bytes.ts';
import { hashPlanInputs, inputSourceOf } from './plan-inputs.ts';
import { type PreparedCase, prepareCase, type References } from './prepare-case.ts';
import { FEWEST_ROUNDS, planReloadedRounds, type RoundPlan } from './schedule.ts';
import { defaultSilenceLimits, SILENCE_FACTOR, type SilenceLimits } from './silence-limits.ts';
import { createStopRule } from './stop-rule.ts';
import { profileRun } from './profile-run.ts';
import { measureScenarios } from './scenarios/measure-scenarios.ts';

export type ExperimentDependencies = {
  store: Store;
  engines: EngineHost;
  datasets: DatasetCatalog;
  providerCatalog: ProviderCatalog;
  /** Bytes that new processes may still take. */
  availableMemory: () => number;
  silenceLimits?: Partial<SilenceLimits>;
};

type LiveCase = PreparedCase & { run: StoredRun; /** Of all that came before its blocks. */ preparedInMs: number };

/** Rounds that were paid for by loading are measured, though their blocks take longer than planned by so much. */
const RELOADED_OVERRUN = 1.5;
/** Shares of the progress bar. */
const LOADED_FRACTION = 0.15;
const MEASURED_FRACTION = 0.9;

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
  const share = shareBeforeScenarios(experiment.plan, store.runs.listOf(experimentId).length);
  const session = createSession(dependencies, experiment, scaleProgress(context, { from: 0, to: share }));

  const machineWarnings = warningsOfMachine(experiment.device, await measureBusyCores(context.signal));
  const waiting = session.runs().filter((run) => run.status === 'pending');
  const budgetMs = session.remainingBudgetMs();
  const { live, doFit } = await session.loadAll(waiting, machineWarnings);
  await (doFit ? session.measureLoaded(live, budgetMs) : session.measureReloaded(live, budgetMs));
  if (experiment.plan.compareArena) await session.compareArenas();
  if (experiment.plan.profile) await session.profile();
  await session.measureScenarios(scaleProgress(context, { from: share, to: 1 }));

  const runs = session.runs();
  if (runs.some((run) => run.status === 'completed')) {
    store.experiments.saveStatus(experimentId, { status: 'completed', error: null, endedAtMs: Date.now() });
    return;
  }
  const error = runs.find((run) => run.error !== null)?.error;
  throw new AppError(error?.kind ?? 'internal', `No case could be measured. ${error?.message ?? ''}`.trim());
}

/** Of the progress bar. */
function shareBeforeScenarios({ scenarios, timeBudgetSeconds }: StoredExperiment['plan'], runCount: number): number {
  return timeBudgetSeconds / (timeBudgetSeconds + runCount * scenarioSeconds(scenarios));
}

function scaleProgress(context: JobContext, { from, to }: { from: number; to: number }): JobContext {
  return {
    ...context,
    report: (progress, message) => context.report(progress === null ? null : from + (to - from) * progress, message),
  };
}

function createSession(
  { store, engines, datasets, providerCatalog, availableMemory, silenceLimits }: ExperimentDependencies,
  experiment: StoredExperiment,
  context: JobContext,
) {
  const { plan, device } = experiment;
  const { signal } = context;
  const seed = plan.seed ?? 0;
  const inputsOf = (run: StoredRun): Promise<InputSource> => {
    const modelId = store.models.getVariant(run.model.sha256)?.modelId;
    const tiedFamily = modelId === undefined ? null : (store.models.get(modelId)?.datasetId ?? null);
    return inputSourceOf(plan.inputs, { datasets, tiedFamily, seed });
  };
  const references: References = new Map();
  const limits = { ...defaultSilenceLimits, ...silenceLimits };
  const energy = createEnergyMeter(systemFiles);
  if (energy.obstacle !== null) context.log('info', energy.obstacle);
  const watch = createBlockWatch({
    energy,
    read: createMachineReading(systemFiles),
    ownCpuMs() {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
    now: () => performance.now(),
  });
  const runs = (): StoredRun[] => store.runs.listOf(experiment.id);
  const title = (run: StoredRun): string => `${run.model.name} on ${run.provider}`;

  const addWarnings = (runId: string, added: readonly RunWarning[]): void => {
    const run = store.runs.get(runId);
    if (run === null || added.length === 0) return;
    const kinds = new Set(added.map((warning) => warning.kind));
    store.runs.save(runId, { warnings: [...run.warnings.filter((warning) => !kinds.has(warning.kind)), ...added] });
  };

  const failRun = (run: StoredRun, error: unknown): void => {
    const data = toErrorData(error);
    const status = data.kind === 'unsupported' ? 'unsupported' : 'failed';
    store.runs.save(run.id, { status, error: data, endedAtMs: Date.now() });
    context.log(status === 'unsupported' ? 'warning' : 'error', `${title(run)}: ${data.message}`);
  };

  const prepare = async (run: StoredRun, machineWarnings: readonly RunWarning[]): Promise<LiveCase | null> => {
    store.runs.save(run.id, { status: 'running', error: null, startedAtMs: Date.now(), warnings: [] });
    const onFacts = (facts: RunFacts): void => store.runs.save(run.id, facts);
    const startMs = performance.now();
    try {
      refuseUnsupported(run, device, engines);
      const prepared = await prepareCase({
        engines,
        run,
        inputs: await inputsOf(run),
        references,
        limits,
        signal,
        onFacts,
      });
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
      failRun(run, error);
      return null;
    }
  };

  return {
    runs,
    /** What is left of the time budget after the blocks that are saved. */
    remainingBudgetMs(): number {
      const measuredMs = measuredTimeMs(runs().flatMap((run) => store.runs.blocks(run.id)));
      return Math.max(0, plan.timeBudgetSeconds * 1000 - measuredMs);
    },

    /**
     * Loads all cases beside each other as far as memory goes. Where it does not, `doFit` is false: each was loaded alone and is gone
     * again, so that only what is known of it is left.
     */
    async loadAll(
      waiting: readonly StoredRun[],
      machineWarnings: readonly RunWarning[],
    ): Promise<{ live: LiveCase[]; doFit: boolean }> {
      const live: LiveCase[] = [];
      let doFit = true;
      try {
        for (const [position, run] of waiting.entries()) {
          const neededBytes = neededBytesOf(run);
          if (doFit && live.length > 0 && availableMemory() < neededBytes) {
            context.log(
              'warning',
              `${title(run)} does not fit into memory beside the others: it needs about ${formatBytes(neededBytes)}. Each case is loaded anew in every round.`,
            );
            doFit = false;
            await endAll(live);
          }
          context.report((LOADED_FRACTION * position) / waiting.length, `Loading ${title(run)}`);
          const prepared = await prepare(run, machineWarnings);
          if (prepared === null) continue;
          live.push(prepared);
          if (!doFit) await prepared.engine.kill();
        }
      } catch (error) {
        await endAll(live);
        throw error;
      }
      return { live, doFit };
    },

    async measureLoaded(live: readonly LiveCase[], budgetMs: number): Promise<void> {
      try {
        await measureGroup(
          live.map((item) => ({ run: item.run, runMs: item.runMs, use: (what) => what(item) })),
          { budgetMs, now: () => performance.now() },
        );
      } finally {
        await endAll(live);
      }
    },

    /** Round by round, one in memory at a time. Loading is not part of the time budget. */
    async measureReloaded(known: readonly LiveCase[], budgetMs: number): Promise<void> {
      for (const { run } of known) addWarnings(run.id, [reloadedWarning]);
      const { cases, now } = createReloadedCases(known, async (run) => {
        const about = { engines, run, inputs: await inputsOf(run), references, limits, signal };
        return prepareCase({ ...about, onFacts: () => {} });
      });
      const plan = planReloadedRounds({
        budgetMs,
        runMs: known.map(({ runMs }) => runMs),
        loadMs: known.map(({ preparedInMs }) => preparedInMs),
      });
      await measureGroup(cases, { budgetMs: RELOADED_OVERRUN * budgetMs, plan, now });
    },

    /** Of every completed run on the CPU: the arena is the CPU's. */
    async compareArenas(): Promise<void> {
      for (const run of runs().filter((item) => item.status === 'completed' && item.provider === 'node:cpu')) {
        const record = store.records.get(run.id);
        if (record === null || record.memory.otherArena !== null) continue;
        context.report(MEASURED_FRACTION, `Loading ${title(run)} with the other setting of the arena`);
        try {
          const otherArena = await compareArena({ engines, run, inputs: await inputsOf(run), limits, signal });
          store.records.save(run.id, { ...record, memory: { ...record.memory, otherArena } });
        } catch (error) {
          if (signal.aborted || !(error instanceof AppError)) throw error;
          context.log('warning', `${title(run)} with the other setting of the arena: ${error.message}`);
        }
      }
    },

    async measureScenarios({ report }: Pick<JobContext, 'report'>): Promise<void> {
      const onFailure = (message: string): void => context.log('warning', message);
      const surroundings = {
        store,
        engines,
        plan,
        device,
        seed,
        limits,
        availableMemory,
        watch,
        signal,
        inputsOf,
        onFailure,
      };
      await measureScenarios({ ...surroundings, runs: runs(), titleOf: title, onProgress: report });
    },

    /** Placement of every completed run that has none yet. */
    async profile(): Promise<void> {
      const unprofiled = runs().filter((run) => run.status === 'completed' && run.placement.length === 0);
      for (const [index, run] of unprofiled.entries()) {
        const fraction = MEASURED_FRACTION + ((1 - MEASURED_FRACTION) * index) / unprofiled.length;
        context.report(fraction, `Looking where the nodes of ${title(run)} ran`);
        try {
          const samples = store.runs.blocks(run.id).flatMap((block) => block.samplesMs);
          const { placement, operators } = await profileRun({
            engines,
            run,
            inputs: await inputsOf(run),
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
    },
  };

  async function measureGroup(
    cases: readonly GroupCase[],
    options: { budgetMs: number; plan?: RoundPlan; now: () => number },
  ): Promise<void> {
    const byId = new Map(cases.map((item) => [item.run.id, item]));
    const nextBlock = new Map(cases.map(({ run }) => [run.id, store.runs.countBlocks(run.id)]));
    const savedRounds = runs().flatMap((run) => store.runs.blocks(run.id).map((block) => block.round));
    const survivors = await measureRounds({
      ...options,
      cases: cases.map(({ run, runMs, use }) => ({
        id: run.id,
        runMs,
        measure: (block) =>
          use(async ({ engine, line }) => {
            const expectedMs = Math.max(block.durationMs, (block.minimumSamples + block.settleRuns) * runMs);
            const silenceLimitMs = Math.max(limits.measureMs, SILENCE_FACTOR * expectedMs);
            const endWatch = watch.start();
            const { usage, ...measured } = await engine.request('session.measure', block, { silenceLimitMs, signal });
            const watched = endWatch(usage);
            line.read();
            return { ...measured, context: watched };
          }),
      })),
      seed,
      firstRound: savedRounds.reduce((highest, round) => Math.max(highest, round + 1), 0),
      onBlock({ caseId, ...block }) {
        const blockIndex = nextBlock.get(caseId) as number;
        store.runs.addBlock(caseId, { ...block, blockIndex });
        nextBlock.set(caseId, blockIndex + 1);
      },
      shouldStop: createStopRule({
        store,
        experiment,
        runIds: cases.map(({ run }) => run.id),
        onStop: (text) => context.log('info', text),
      }),
      onFailure: (caseId, error) => failRun((byId.get(caseId) as GroupCase).run, error),
      onProgress({ round, roundCount, fraction, caseId }) {
        const where = title((byId.get(caseId) as GroupCase).run);
        const overall = LOADED_FRACTION + (MEASURED_FRACTION - LOADED_FRACTION) * fraction;
        context.report(overall, `Measuring round ${round} of ${roundCount}: ${where}`);
      },
    });
    for (const id of survivors) {
      await completeRun(byId.get(id) as GroupCase);
      if (store.runs.countBlocks(id) < FEWEST_ROUNDS) addWarnings(id, [reducedRoundsWarning]);
    }
  }

  async function completeRun({ run, use }: GroupCase): Promise<void> {
    try {
      store.records.clearSustained(run.id);
      const { record, peakBytes } = await use((prepared) =>
        finishCase({
          run,
          prepared,
          plan,
          watch,
          request: { silenceLimitMs: limits.measureMs + SILENCE_FACTOR * prepared.runMs, signal },
          onSustained: (block) => store.records.addSustained(run.id, block),
          onProgress: (message) => context.report(MEASURED_FRACTION, `${title(run)}: ${message}`),
        }),
      );
      store.records.save(run.id, record);
      const memory = store.runs.get(run.id)?.memory ?? run.memory;
      store.runs.save(run.id, {
        status: 'completed',
        memory: { ...memory, peakBytes: peakBytes ?? memory.peakBytes },
        endedAtMs: Date.now(),
      });
    } catch (error) {
      if (signal.aborted || !(error instanceof AppError)) throw error;
      failRun(run, error);
    }
  }
}

async function endAll(live: readonly LiveCase[]): Promise<void> {
  await Promise.all(live.map(({ engine }) => engine.kill()));
}

function refuseUnsupported(run: StoredRun, device: Device, engines: EngineHost): void {
  const { findObstacle, adviceOtherwise } = factsOf(run.provider);
  const obstacle = engines.obstacleOf(run.provider) ?? findObstacle(device);
  if (obstacle !== null) throw new AppError('unsupported', `${obstacle} ${adviceOtherwise}`);
}
