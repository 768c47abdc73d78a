/** Where the time of a run goes, node by node, from ONNX Runtime's profiler in a session of its own. */
import { z } from 'zod';

export const operatorProfileSchema = z.object({
  /** Profiled runs that the times are means of. */
  runCount: z.number().int(),
  /** Mean time of those whole runs, profiler included, milliseconds. */
  profiledRunMs: z.number(),
  /** As executed: after ONNX Runtime's own optimisations, in the order of the first execution. Bodies of If, Loop and Scan included. */
  nodes: z.array(
    z.object({
      name: z.string(),
      /** Operator type as executed, e.g. `Conv`, `QLinearConv`, `ReorderOutput`. */
      operator: z.string(),
      /** ONNX Runtime's own name, e.g. `CPUExecutionProvider`. */
      provider: z.string(),
      /** Kernel time in one run, milliseconds; a node that runs several times in one run has the sum. */
      profiledMs: z.number(),
    }),
  ),
});
export type OperatorProfile = z.infer<typeof operatorProfileSchema>;

const timedSchema = z.object({
  /** Of the unprofiled median, milliseconds. */
  timeMs: z.number(),
  /** `timeMs` over the unprofiled median, 0..1. */
  share: z.number(),
});

export const dividedTimeSchema = z.object({
  /** Unprofiled median latency, milliseconds; the times below and `unattributed` add up to it. */
  medianMs: z.number(),
  profiledRunMs: z.number(),
  /** What kernel times were multiplied by, because profiling makes them longer; 1 where they fit into the median as they are. */
  scale: z.number(),
  /** Outside of all kernels: copying inputs and outputs, the executor, JavaScript. */
  unattributed: timedSchema,
  /** By operator type and provider, most time first. */
  operators: z.array(timedSchema.extend({ operator: z.string(), provider: z.string(), nodeCount: z.number().int() })),
  /** Most time first. */
  nodes: z.array(timedSchema.extend({ name: z.string(), operator: z.string(), provider: z.string() })),
});
export type DividedTime = z.infer<typeof dividedTimeSchema>;

/**
 * Divides the unprofiled median among the nodes. Kernel times are taken as they are, and what is left is unattributed; where
 * they are more than the median, because the profiler slows small kernels, all are scaled down to it.
 * @param medianMs of the run without the profiler
 */
export function divideTime(profile: OperatorProfile, medianMs: number): DividedTime {
  const kernelMs = profile.nodes.reduce((sum, node) => sum + node.profiledMs, 0);
  const scale = kernelMs > medianMs ? medianMs / kernelMs : 1;
  const timed = (timeMs: number): { timeMs: number; share: number } => ({ timeMs, share: timeMs / medianMs });
  const nodes = profile.nodes
    .map(({ name, operator, provider, profiledMs }) => ({ name, operator, provider, ...timed(profiledMs * scale) }))
    .sort((a, b) => b.timeMs - a.timeMs);
  const groups = Map.groupBy(nodes, ({ operator, provider }) => `${operator} ${provider}`);
  const operators = [...groups.values()].flatMap((members) => {
    const [first] = members;
    if (!first) return [];
    const timeMs = members.reduce((sum, member) => sum + member.timeMs, 0);
    return [{ operator: first.operator, provider: first.provider, nodeCount: members.length, ...timed(timeMs) }];
  });
  return {
    medianMs,
    profiledRunMs: profile.profiledRunMs,
    scale,
    unattributed: timed(Math.max(0, medianMs - kernelMs * scale)),
    operators: operators.sort((a, b) => b.timeMs - a.timeMs),
    nodes,
  };
}
