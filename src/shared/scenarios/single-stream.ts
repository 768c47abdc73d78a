/** One caller that waits for each answer: what the blocks of a run measure, under LoadGen's name for it. */
import { z } from 'zod';
import { scenarioLatencySchema, summarizeTimes } from './scenario-parts.ts';

export const singleStreamPlanSchema = z.strictObject({ kind: z.literal('single-stream') });

export const singleStreamResultSchema = z.object({
  /** Items of a query: the batch of the case. */
  itemsPerQuery: z.number(),
  /** LoadGen's figure for this scenario is p90. */
  latencyMs: scenarioLatencySchema,
});
export type SingleStreamResult = z.infer<typeof singleStreamResultSchema>;

/** @returns null without samples */
export function deriveSingleStream({
  samplesMs,
  batchSize,
}: {
  samplesMs: readonly number[];
  batchSize: number;
}): SingleStreamResult | null {
  return samplesMs.length === 0 ? null : { itemsPerQuery: batchSize, latencyMs: summarizeTimes(samplesMs) };
}
