/** One reason why a variant is slower than its baseline, or not faster. */
import { z } from 'zod';

export const speedFindingSchema = z.object({
  kind: z.enum([
    'integer-convolution',
    'unfused-quantization',
    'casts',
    'cpu-fallback',
    'no-int8-instructions',
    'runs-as-before',
    'memory-bound',
    'overhead-bound',
    'thread-oversubscription',
  ]),
  /** What was seen, a sentence with its numbers. */
  message: z.string(),
  /** What to do about it, a sentence. */
  suggestion: z.string(),
  evidence: z.object({
    /** Share of the median latency, 0..1. */
    timeShare: z.number().nullable(),
    nodeCount: z.number().nullable(),
    /** Names of nodes, most time first, at most five. */
    nodes: z.array(z.string()),
  }),
});
export type SpeedFinding = z.infer<typeof speedFindingSchema>;
