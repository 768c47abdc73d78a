import { z } from 'zod';
import { errorDataSchema } from './app-error.ts';
import { experimentPlanSchema } from './case.ts';
import { deviceSchema } from './device.ts';
import { comparisonSchema, runSchema } from './run.ts';

export const environmentSchema = z.object({
  whittleVersion: z.string(),
  onnxruntimeNodeVersion: z.string(),
  nodeVersion: z.string(),
  electronVersion: z.string().nullable(),
  platform: z.string(),
  /** What the runs in a browser ran in; absent where there were none. */
  web: z.object({ onnxruntimeWebVersion: z.string(), browser: z.string().nullable() }).optional(),
});
export type Environment = z.infer<typeof environmentSchema>;

export const experimentStatusSchema = z.enum(['pending', 'running', 'completed', 'failed', 'cancelled', 'interrupted']);

/** An experiment without its runs' details, for lists. */
export const experimentSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  status: experimentStatusSchema,
  error: errorDataSchema.nullable(),
  createdAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  deviceFingerprint: z.string(),
  deviceName: z.string(),
  runCount: z.number(),
  completedRunCount: z.number(),
  modelNames: z.array(z.string()),
  providers: z.array(z.string()),
  jobId: z.string().nullable(),
  isImported: z.boolean(),
  /** The experiment that it measured again, which need not be in the library any more. */
  reproduces: z.string().optional(),
});
export type ExperimentSummary = z.infer<typeof experimentSummarySchema>;

export const experimentSchema = experimentSummarySchema.extend({
  /** With the seed that was drawn. */
  plan: experimentPlanSchema,
  environment: environmentSchema,
  device: deviceSchema,
  runs: z.array(runSchema),
  comparisons: z.array(comparisonSchema),
  /** Numbers of the rounds before which results were looked at to decide whether to go on: none, when the time alone decided. */
  looks: z.array(z.number().int()).optional(),
});
export type Experiment = z.infer<typeof experimentSchema>;
