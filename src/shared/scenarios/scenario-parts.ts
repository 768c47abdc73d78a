/** What the plans and the results of several scenarios have in common. */
import { z } from 'zod';
import { blockContextSchema } from '../block-context.ts';
import { boundStatisticSchema, shareWithin } from '../latency-bound.ts';
import { percentileInterval } from '../statistics/percentile-interval.ts';
import { sortAscending, supportedPercentile } from '../statistics/quantile.ts';

/** Milliseconds; a percentile that the number of values cannot support is null. */
export const scenarioLatencySchema = z.object({
  count: z.number(),
  mean: z.number(),
  p50: z.number().nullable(),
  p90: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
  max: z.number(),
});
export type ScenarioLatency = z.infer<typeof scenarioLatencySchema>;

export const timeLimitSchema = z
  .number()
  .min(1)
  .max(86_400)
  .describe(
    'About the longest time for this scenario and one case, seconds. Loading, warming up and measuring the capacity are not part of it, and what has begun at its end is finished.',
  );

/** Plans may ask for no more, and none is asked for by itself. */
export const MOST_INSTANCES = 64;

export const instanceCountSchema = z
  .number()
  .int()
  .min(1)
  .max(MOST_INSTANCES)
  .describe(
    'Sessions of the model that work at the same time, each on a thread of its own. Where ONNX Runtime chooses the threads, the cores are divided among them.',
  );

/** @param valuesMs at least one */
export function summarizeTimes(valuesMs: ArrayLike<number>): ScenarioLatency {
  const sorted = sortAscending(valuesMs);
  const percentile = (probability: number): number | null => supportedPercentile(sorted, probability);
  return {
    count: sorted.length,
    mean: sorted.reduce((sum, value) => sum + value, 0) / sorted.length,
    p50: percentile(0.5),
    p90: percentile(0.9),
    p95: percentile(0.95),
    p99: percentile(0.99),
    max: sorted.at(-1) as number,
  };
}

/** Part of the facts of every block: what the machine did meanwhile. Absent in blocks of earlier versions, and of what failed. */
export const watchedFacts = { context: blockContextSchema.nullable().optional() };

/** What a block of a scenario has beside its facts. */
export type Block<Facts> = { startedAtMs: number; facts: Facts; samplesMs: readonly number[] };

const intervalSchema = z.object({ estimate: z.number(), ciLow: z.number().nullable(), ciHigh: z.number().nullable() });

/** Of one call, milliseconds, with 95 % intervals; null where the samples are too few. */
export const callTimesSchema = z.record(boundStatisticSchema, intervalSchema.nullable());
export type CallTimes = z.infer<typeof callTimesSchema>;

/** @param blocks samples in milliseconds, block by block */
export function callTimesOf(blocks: readonly (readonly number[])[]): CallTimes {
  return {
    median: percentileInterval(blocks, shareWithin.median),
    p90: percentileInterval(blocks, shareWithin.p90),
    p95: percentileInterval(blocks, shareWithin.p95),
    p99: percentileInterval(blocks, shareWithin.p99),
  };
}
