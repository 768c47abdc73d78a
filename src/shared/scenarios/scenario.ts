/**
 * Scenarios: ways in which a model is asked, after MLPerf's LoadGen (Reddi et al. 2020, MLPerf inference benchmark, ISCA). Adding one
 * is a file here with its plan and its result, a file beside `workbench/experiments/scenarios/registry.ts`, and a line in each.
 */
import { z } from 'zod';
import { errorDataSchema } from '../app-error.ts';
import { multiStreamPlanSchema, multiStreamResultSchema } from './multi-stream.ts';
import { offlinePlanSchema, offlineResultSchema } from './offline.ts';
import { serverPlanSchema, serverResultSchema } from './server.ts';
import { singleStreamPlanSchema, singleStreamResultSchema } from './single-stream.ts';

export const scenarioPlanSchema = z.discriminatedUnion('kind', [
  singleStreamPlanSchema,
  multiStreamPlanSchema,
  offlinePlanSchema,
  serverPlanSchema,
]);
export type ScenarioPlan = z.infer<typeof scenarioPlanSchema>;
export type ScenarioPlanInput = z.input<typeof scenarioPlanSchema>;
export type ScenarioKind = ScenarioPlan['kind'];

export const scenarioStatusSchema = z.enum(['pending', 'completed', 'failed', 'unsupported']);

/** `result` is null until something was measured; a scenario that failed can have one from what it measured before. */
const outcomeOf = <Kind extends ScenarioKind, Result extends z.ZodType>(kind: Kind, result: Result) =>
  z.object({
    kind: z.literal(kind),
    status: scenarioStatusSchema,
    error: errorDataSchema.nullable(),
    result: result.nullable(),
  });

/** Derived from the samples each time it is read. */
export const scenarioOutcomeSchema = z.discriminatedUnion('kind', [
  outcomeOf('single-stream', singleStreamResultSchema),
  outcomeOf('multi-stream', multiStreamResultSchema),
  outcomeOf('offline', offlineResultSchema),
  outcomeOf('server', serverResultSchema),
]);
export type ScenarioOutcome = z.infer<typeof scenarioOutcomeSchema>;
