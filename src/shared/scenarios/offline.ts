/** All items are there at once: which batch and how many instances give the largest throughput. */
import { z } from 'zod';
import { errorDataSchema } from '../app-error.ts';
import { instanceCountSchema, scenarioLatencySchema, timeLimitSchema } from './scenario-parts.ts';

const pointSchema = z.object({
  batchSize: z.number(),
  instanceCount: z.number(),
  /** Of each instance; 0: ONNX Runtime chose. */
  intraOpThreads: z.number(),
});

export const offlinePlanSchema = z.strictObject({
  kind: z.literal('offline'),
  batchSizes: z
    .array(z.number().int().min(1).max(65_536))
    .min(1)
    .max(16)
    .default([1, 8, 32])
    .describe('Items per run that are tried, each with each number of instances.'),
  instanceCounts: z
    .array(instanceCountSchema)
    .min(1)
    .max(16)
    .nullable()
    .default(null)
    .describe('Numbers of instances that are tried; without any: 1, 2, 4 and so on, up to the usable cores.'),
  timeLimitSeconds: timeLimitSchema.default(60),
});

/** A point that could not be measured. */
export const offlineFailureSchema = pointSchema.extend({ error: errorDataSchema });

export const offlinePointSchema = pointSchema.extend({
  /** From the medians of the blocks; the interval has 95 % and is null below two blocks. */
  itemsPerSecond: z.object({ estimate: z.number(), ciLow: z.number().nullable(), ciHigh: z.number().nullable() }),
  blockCount: z.number(),
  /** Of one run, which is one batch. */
  latencyMs: scenarioLatencySchema,
  peakBytes: z.number().nullable(),
  /** Against the best point, by paired blocks. */
  verdict: z.enum(['best', 'indistinguishable', 'slower']),
});
export type OfflinePoint = z.infer<typeof offlinePointSchema>;

export const offlineResultSchema = z.object({
  /** The largest throughput first. */
  points: z.array(offlinePointSchema),
  failures: z.array(offlineFailureSchema),
});
export type OfflineResult = z.infer<typeof offlineResultSchema>;
