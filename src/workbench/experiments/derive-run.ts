/** What is derived from raw samples each time they are read, and remembered while nothing is added to them. */
import type { ExperimentPlan } from '#shared/case.ts';
import type { Run, SampleBlock } from '#shared/run.ts';
import {
  deriveScenario,
  type ScenarioOutcome,
  type ScenarioPlan,
  type ScenarioState,
} from '#shared/scenarios/scenario.ts';
import { compareBlocks } from '#shared/statistics/compare-blocks.ts';
import { judgeStability } from '#shared/statistics/stability.ts';
import { summarizeContext } from '#shared/statistics/summarize-context.ts';
import { summarizeLatency } from '#shared/statistics/summarize-latency.ts';
import type { StoredRun } from '../store/run-rows.ts';
import type { Store } from '../store/store.ts';

type Derived = Pick<Run, 'latencyMs' | 'sampleCount' | 'blockCount' | 'throughputPerSecond' | 'stability' | 'context'>;
type ScenarioPlans = Pick<ExperimentPlan, 'scenarios' | 'smallestDifference'>;
type ComparedBlocks = ReturnType<typeof compareBlocks>;

export type RunDeriver = {
  /** @param plan the scenarios that it asks for, and what counts as a difference between their points */
  derive: (run: StoredRun, plan: ScenarioPlans) => Run;
  compare: (
    baselineRunId: string,
    candidateRunId: string,
    options: { looks: readonly number[]; smallestDifference: number },
  ) => ComparedBlocks;
};

const MOST_REMEMBERED = 1000;
const noTimes = { latencyMs: null, throughputPerSecond: null, stability: null } as const;

export function createRunDeriver(store: Store): RunDeriver {
  const remembered = new Map<string, unknown>();
  const remember = <Value>(key: string, compute: () => Value): Value => {
    if (remembered.has(key)) return remembered.get(key) as Value;
    const value = compute();
    remembered.set(key, value);
    if (remembered.size > MOST_REMEMBERED) remembered.delete(remembered.keys().next().value as string);
    return value;
  };
  const deriveScenarios = (
    run: StoredRun,
    { scenarios: plans, smallestDifference }: ScenarioPlans,
  ): Pick<Run, 'scenarios'> => {
    if (plans.length === 0) return {};
    const states = store.scenarios.states(run.id);
    // Those of the run itself count too: single stream is derived from them.
    const marks = [store.scenarios.blocksMark(run.id), store.runs.countBlocks(run.id)];
    const key = `${run.id} scenarios ${marks.join(' ')} ${states.map(({ kind, status }) => `${kind}=${status}`).join()}`;
    return remember(key, () => {
      const scenarios = outcomesOf(store, run, { plans, states, smallestDifference });
      return scenarios.length === 0 ? {} : { scenarios };
    });
  };
  return {
    derive(run, plan) {
      // Blocks of a run are only ever added, so their number tells whether something is new.
      const key = `${run.id} ${store.runs.countBlocks(run.id)} ${run.settings.batchSize}`;
      const derived = remember(key, () => deriveRun(store.runs.blocks(run.id), run.settings.batchSize));
      // Measured before its results turned out wrong, as after a resume: its times are not shown either.
      const isWrong = run.parity?.passed === false;
      return { ...run, ...derived, ...(isWrong ? noTimes : { ...deriveScenarios(run, plan) }) };
    },
    compare(baselineRunId, candidateRunId, options) {
      const counts = [store.runs.countBlocks(baselineRunId), store.runs.countBlocks(candidateRunId)];
      const key = `${baselineRunId} ${candidateRunId} ${counts.join(' ')} ${options.looks.join()} ${options.smallestDifference}`;
      return remember(key, () =>
        compareBlocks(store.runs.blocks(baselineRunId), store.runs.blocks(candidateRunId), options),
      );
    },
  };
}

/** Of those scenarios of which anything is stored. */
function outcomesOf(
  store: Store,
  run: StoredRun,
  about: { plans: readonly ScenarioPlan[]; states: readonly ScenarioState[]; smallestDifference: number },
): ScenarioOutcome[] {
  const { plans, states, smallestDifference } = about;
  const blocks = store.scenarios.blocks(run.id);
  return plans.flatMap((plan) => {
    const state = states.find(({ kind }) => kind === plan.kind);
    if (state === undefined && !blocks.some(({ kind }) => kind === plan.kind)) return [];
    const { status, error } = state ?? { status: 'pending' as const, error: null };
    const runBlocksMs = (): number[][] => store.runs.blocks(run.id).map((block) => block.samplesMs);
    const { batchSize } = run.settings;
    const parts = { state: { status, error }, blocks, runBlocksMs, batchSize, smallestDifference };
    return [deriveScenario(plan, parts)];
  });
}

function deriveRun(blocks: readonly SampleBlock[], batchSize: number): Derived {
  const latencyMs = summarizeLatency(blocks.map((block) => block.samplesMs));
  return {
    latencyMs,
    sampleCount: blocks.reduce((sum, block) => sum + block.samplesMs.length, 0),
    blockCount: blocks.length,
    throughputPerSecond: latencyMs === null ? null : (batchSize * 1000) / latencyMs.median,
    stability: latencyMs === null ? null : judgeStability(blocks),
    context: summarizeContext(blocks),
  };
}
