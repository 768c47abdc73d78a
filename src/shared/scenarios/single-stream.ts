/** One caller that waits for each answer: what the blocks of a run measure, under LoadGen's name for it. */
import { z } from 'zod';
import { callTimesOf, callTimesSchema, scenarioLatencySchema, summarizeTimes } from './scenario-parts.ts';

export const singleStreamPlanSchema = z.strictObject({ kind: z.literal('single-stream') });

export const singleStreamResultSchema = z.object({
  /** Items of a query: the batch of the case. */
  itemsPerQuery: z.number(),
  /** LoadGen's figure for this scenario is p90. */
  latencyMs: scenarioLatencySchema,
  callMs: callTimesSchema,
});
export type SingleStreamResult = z.infer<typeof singleStreamResultSchema>;

/** @returns null without samples. @param about.blocks samples in milliseconds, block by block */
export function deriveSingleStream({
  blocks,
  batchSize,
}: {
  blocks: readonly (readonly number[])[];
  batchSize: number;
}): SingleStreamResult | null {
  const samplesMs = blocks.flat();
  if (samplesMs.length === 0) return null;
  return { itemsPerQuery: batchSize, latencyMs: summarizeTimes(samplesMs), callMs: callTimesOf(blocks) };
}
