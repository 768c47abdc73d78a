/** How long a call may take, and which of its times has to hold that. */
import { z } from 'zod';

export const boundStatisticSchema = z.enum(['median', 'p90', 'p95', 'p99']);
export type BoundStatistic = z.infer<typeof boundStatisticSchema>;

export const latencyBoundSchema = z.object({
  ms: z.number().min(0.001).max(3_600_000).describe('The longest time that one call may take, milliseconds.'),
  statistic: boundStatisticSchema
    .default('median')
    .describe('What has to hold it: the typical call (median), or 90, 95 or 99 calls of 100.'),
});
export type LatencyBound = z.infer<typeof latencyBoundSchema>;

/** `median`: half of the calls take longer. */
export const shareWithin = { median: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 } as const satisfies Record<
  BoundStatistic,
  number
>;
