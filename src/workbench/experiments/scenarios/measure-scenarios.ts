/** The scenarios of a plan for each run that was measured, one after another, each in processes of its own. What is over stays over. */
import { AppError, toErrorData } from '#shared/app-error.ts';
import type { ExperimentPlan } from '#shared/case.ts';
import { canonicalJson } from '#shared/json.ts';
import type { ScenarioPlan } from '#shared/scenarios/scenario.ts';
import { median } from '#shared/statistics/quantile.ts';
import type { StoredRun } from '../../store/run-rows.ts';
import type { Store } from '../../store/store.ts';
import { scenarios } from './registry.ts';
import type { ScenarioContext } from './scenario-context.ts';

export type ScenarioSurroundings = Omit<ScenarioContext, 'run' | 'inputs' | 'medianMs' | 'onBlock' | 'onProgress'> & {
  store: Store;
  plan: Pick<ExperimentPlan, 'scenarios'>;
  runs: readonly StoredRun[];
  inputsOf: (run: StoredRun) => Promise<ScenarioContext['inputs']>;
  titleOf: (run: StoredRun) => string;
  /** `fraction` of all scenarios, 0..1. */
  onProgress: (fraction: number, message: string) => void;
  onFailure: (message: string) => void;
};

export async function measureScenarios(surroundings: ScenarioSurroundings): Promise<void> {
  const { store, plan, runs } = surroundings;
  const measured = runs.filter((run) => run.status === 'completed' && store.runs.countBlocks(run.id) > 0);
  const all = measured.flatMap((run) =>
    plan.scenarios.filter((scenario) => isOwn(scenario, run, measured)).map((scenario) => ({ run, scenario })),
  );
  for (const [index, { run, scenario }] of all.entries()) {
    const state = store.scenarios.states(run.id).find(({ kind }) => kind === scenario.kind);
    if (state !== undefined && state.status !== 'pending') continue;
    const onProgress = (fraction: number, message: string): void =>
      surroundings.onProgress(
        (index + fraction) / all.length,
        `${surroundings.titleOf(run)}, ${scenario.kind}: ${message}`,
      );
    await measureOne(scenario, run, { ...surroundings, onProgress });
  }
}

/** Of runs that differ by their batch alone the first has offline, which tries batches of its own. */
function isOwn(scenario: ScenarioPlan, run: StoredRun, runs: readonly StoredRun[]): boolean {
  if (scenario.kind !== 'offline') return true;
  const conditionOf = ({ model, provider, settings }: StoredRun): string =>
    canonicalJson([model.sha256, provider, { ...settings, batchSize: 0 }]);
  return runs.find((other) => conditionOf(other) === conditionOf(run))?.id === run.id;
}

async function measureOne(plan: ScenarioPlan, run: StoredRun, surroundings: ScenarioSurroundings): Promise<void> {
  const { store, signal, inputsOf, onFailure, titleOf } = surroundings;
  const { kind } = plan;
  // What an interrupted one left says nothing by itself.
  store.scenarios.clearBlocks(run.id, kind);
  try {
    // Each kind with a plan of its own kind.
    const { obstacleOf, measure } = scenarios[kind] as (typeof scenarios)['server'];
    const obstacle = obstacleOf(run);
    if (obstacle !== null) throw new AppError('unsupported', obstacle);
    await measure(plan as Extract<ScenarioPlan, { kind: 'server' }>, {
      ...surroundings,
      run,
      inputs: await inputsOf(run),
      medianMs: median(store.runs.blocks(run.id).flatMap((block) => block.samplesMs)),
      onBlock: (block) => store.scenarios.addBlock(run.id, block),
    });
    store.scenarios.saveState(run.id, { kind, status: 'completed', error: null });
  } catch (error) {
    if (signal.aborted || !(error instanceof AppError)) throw error;
    const status = error.kind === 'unsupported' ? 'unsupported' : 'failed';
    store.scenarios.saveState(run.id, { kind, status, error: toErrorData(error) });
    onFailure(`${titleOf(run)}, ${kind}: ${error.message}`);
  }
}
