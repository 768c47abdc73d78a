/** One caller that asks for several items at once and waits for all of them. */
import { z } from 'zod';
import {
  type Block,
  callTimesOf,
  callTimesSchema,
  scenarioLatencySchema,
  summarizeTimes,
  timeLimitSchema,
  watchedFacts,
} from './scenario-parts.ts';

export const multiStreamPlanSchema = z.strictObject({
  kind: z.literal('multi-stream'),
  itemsPerQuery: z
    .number()
    .int()
    .min(1)
    .max(65_536)
    .default(8)
    .describe(
      'Items of a query, which are run as one batch; where the model fixes its batch, one batch after another.',
    ),
  timeLimitSeconds: timeLimitSchema.default(20),
});

/** One block of queries; the samples beside it are their latencies in milliseconds. */
export const multiStreamFactsSchema = z.object({
  itemsPerQuery: z.number(),
  /** More than one where the model fixes its batch. */
  runsPerQuery: z.number(),
  ...watchedFacts,
});

export const multiStreamResultSchema = multiStreamFactsSchema.omit({ context: true }).extend({
  /** Of whole queries. LoadGen's figure for this scenario is p99. */
  latencyMs: scenarioLatencySchema,
  callMs: callTimesSchema,
  itemsPerSecond: z.number(),
});
export type MultiStreamResult = z.infer<typeof multiStreamResultSchema>;

/** @returns null without blocks */
export function deriveMultiStream(
  blocks: readonly Block<z.infer<typeof multiStreamFactsSchema>>[],
): MultiStreamResult | null {
  const [first] = blocks;
  const samplesMs = blocks.flatMap((block) => block.samplesMs);
  if (first === undefined || samplesMs.length === 0) return null;
  const latencyMs = summarizeTimes(samplesMs);
  const callMs = callTimesOf(blocks.map((block) => block.samplesMs));
  const { itemsPerQuery, runsPerQuery } = first.facts;
  return { itemsPerQuery, runsPerQuery, latencyMs, callMs, itemsPerSecond: (itemsPerQuery * 1000) / latencyMs.mean };
}
