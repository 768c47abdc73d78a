/**
 * Scenarios: ways in which a model is asked, after MLPerf's LoadGen (Reddi et al. 2020, MLPerf inference benchmark, ISCA). Adding one
 * is a file here with its plan and its result, a file beside `workbench/experiments/scenarios/registry.ts`, and a line in each.
 */
import { z } from 'zod';
import { errorDataSchema } from '../app-error.ts';
import { stabilityReasonSchema } from '../stability-reason.ts';
import { judgeContext } from '../statistics/judge-context.ts';
import {
  deriveMultiStream,
  multiStreamFactsSchema,
  multiStreamPlanSchema,
  multiStreamResultSchema,
} from './multi-stream.ts';
import {
  deriveOffline,
  LEAST_LOADING_SECONDS,
  offlineFactsSchema,
  offlinePoints,
  offlinePlanSchema,
  offlineResultSchema,
} from './offline.ts';
import { MOST_INSTANCES } from './scenario-parts.ts';
import {
  ARRIVAL_SLACK,
  CAPACITY_SECONDS,
  deriveServer,
  serverFactsSchema,
  serverPlanSchema,
  serverResultSchema,
} from './server.ts';
import { deriveSingleStream, singleStreamPlanSchema, singleStreamResultSchema } from './single-stream.ts';

export const scenarioPlanSchema = z.discriminatedUnion('kind', [
  singleStreamPlanSchema,
  multiStreamPlanSchema,
  offlinePlanSchema,
  serverPlanSchema,
]);
export type ScenarioPlan = z.infer<typeof scenarioPlanSchema>;
export type ScenarioPlanInput = z.input<typeof scenarioPlanSchema>;
export type ScenarioKind = ScenarioPlan['kind'];
export const scenarioKinds: readonly ScenarioKind[] = scenarioPlanSchema.options.map(({ shape }) => shape.kind.value);

export const scenarioStatusSchema = z.enum(['pending', 'completed', 'failed', 'unsupported']);

/** Of a process with its instances, with their first runs: two seconds were seen on a busy machine, for a model of 3 MB. */
const LOADING_SECONDS = 2;

/**
 * About the longest time, for each case. Large models take longer to load, and a bound that follows from the median is not known yet.
 * @param coreCount of the machine, up to which numbers of instances are tried
 */
export function scenarioSeconds(scenarios: readonly ScenarioPlan[], coreCount: number): number {
  return scenarios.reduce((sum, scenario) => sum + secondsOf(scenario, coreCount), 0);
}

/** Of a quick model on a machine that has nothing else to do. */
const LEAST_LOAD_SECONDS = 0.3;

/** The time of one case, seconds: usually not less, and about the longest. */
export function scenarioRange(scenario: ScenarioPlan, coreCount: number): { low: number; high: number } {
  return { low: leastSecondsOf(scenario, coreCount), high: secondsOf(scenario, coreCount) };
}

function leastSecondsOf(scenario: ScenarioPlan, coreCount: number): number {
  switch (scenario.kind) {
    case 'single-stream':
      return 0;
    case 'multi-stream':
      // So many queries as are enough can be over at once.
      return LEAST_LOAD_SECONDS;
    case 'offline':
      // A round that does not fit any more is not begun.
      return LEAST_LOAD_SECONDS * pointCountOf(scenario, coreCount) + scenario.timeLimitSeconds / 2;
    case 'server':
      // A rate at which nearly all are late is found out quickly.
      return LEAST_LOAD_SECONDS + CAPACITY_SECONDS;
  }
}

function pointCountOf(scenario: Extract<ScenarioPlan, { kind: 'offline' }>, coreCount: number): number {
  return offlinePoints(scenario, Math.min(coreCount, MOST_INSTANCES)).length;
}

function secondsOf(scenario: ScenarioPlan, coreCount: number): number {
  switch (scenario.kind) {
    case 'single-stream':
      return 0;
    case 'multi-stream':
      return LOADING_SECONDS + scenario.timeLimitSeconds;
    case 'offline': {
      const { timeLimitSeconds } = scenario;
      const pointCount = pointCountOf(scenario, coreCount);
      // What would take longer is not loaded.
      const mostSeconds = Math.max(LEAST_LOADING_SECONDS, timeLimitSeconds);
      return Math.min(LOADING_SECONDS * pointCount, mostSeconds) + timeLimitSeconds;
    }
    case 'server':
      return (
        LOADING_SECONDS +
        CAPACITY_SECONDS +
        ARRIVAL_SLACK * scenario.timeLimitSeconds +
        (scenario.latencyBoundMs ?? 0) / 1000
      );
  }
}

/** `result` is null until something was measured; a scenario that failed can have one from what it measured before. */
const outcomeOf = <Kind extends ScenarioKind, Result extends z.ZodType>(kind: Kind, result: Result) =>
  z.object({
    kind: z.literal(kind),
    status: scenarioStatusSchema,
    error: errorDataSchema.nullable(),
    result: result.nullable(),
    /** What the machine did while it was measured that can have changed the figures; absent where nothing is known to have. */
    disturbances: z.array(stabilityReasonSchema).optional(),
  });

/** Derived from the samples each time it is read. */
export const scenarioOutcomeSchema = z.discriminatedUnion('kind', [
  outcomeOf('single-stream', singleStreamResultSchema),
  outcomeOf('multi-stream', multiStreamResultSchema),
  outcomeOf('offline', offlineResultSchema),
  outcomeOf('server', serverResultSchema),
]);
export type ScenarioOutcome = z.infer<typeof scenarioOutcomeSchema>;

export const scenarioStateSchema = z.object({
  kind: z.enum(scenarioKinds),
  status: scenarioStatusSchema,
  error: errorDataSchema.nullable(),
});
export type ScenarioState = z.infer<typeof scenarioStateSchema>;

const blockOf = <Kind extends ScenarioKind, Facts extends z.ZodType>(kind: Kind, facts: Facts) =>
  z.object({ kind: z.literal(kind), startedAtMs: z.number(), facts, samplesMs: z.array(z.number()) });

/** What is measured and kept. A single stream has the blocks of its run. */
export const scenarioBlockSchema = z.discriminatedUnion('kind', [
  blockOf('multi-stream', multiStreamFactsSchema),
  blockOf('offline', offlineFactsSchema),
  blockOf('server', serverFactsSchema),
]);
export type ScenarioBlock = z.infer<typeof scenarioBlockSchema>;

type ScenarioParts = {
  state: Omit<ScenarioState, 'kind'>;
  blocks: readonly ScenarioBlock[];
  runBlocksMs: () => readonly (readonly number[])[];
  batchSize: number;
  /** The plan's. */
  smallestDifference?: number | undefined;
};

/** @param about.runBlocksMs samples of the run's own blocks */
export function deriveScenario(plan: ScenarioPlan, about: ScenarioParts): ScenarioOutcome {
  const disturbances = judgeContext(watchedBlocks(plan, about.blocks));
  return { ...deriveOutcome(plan, about), ...(disturbances.length === 0 ? {} : { disturbances }) };
}

/**
 * Times of an offline point, and of a rate, are none of another one: whether they rose where the clock fell cannot be told. A single stream has
 * the blocks of its run, which is judged by itself.
 */
function watchedBlocks(plan: ScenarioPlan, blocks: readonly ScenarioBlock[]): Parameters<typeof judgeContext>[0] {
  return blocks
    .filter(({ kind }) => kind === plan.kind)
    .map(({ facts, samplesMs }) => ({
      context: facts.context ?? null,
      samplesMs: plan.kind === 'multi-stream' ? samplesMs : [],
    }));
}

function deriveOutcome(plan: ScenarioPlan, about: ScenarioParts): ScenarioOutcome {
  const { state, blocks, batchSize } = about;
  switch (plan.kind) {
    case 'single-stream':
      return { kind: plan.kind, ...state, result: deriveSingleStream({ blocks: about.runBlocksMs(), batchSize }) };
    case 'multi-stream':
      return {
        kind: plan.kind,
        ...state,
        result: deriveMultiStream(blocks.filter((block) => block.kind === plan.kind)),
      };
    case 'offline':
      return {
        kind: plan.kind,
        ...state,
        result: deriveOffline(
          blocks.filter((block) => block.kind === plan.kind),
          about.smallestDifference,
        ),
      };
    case 'server':
      return {
        kind: plan.kind,
        ...state,
        result: deriveServer(
          plan,
          blocks.filter((block) => block.kind === plan.kind),
          { batchSize },
        ),
      };
  }
}
