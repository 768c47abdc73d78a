/** Where the time of a run goes, node by node, from ONNX Runtime's profiler in a session of its own. */
import { z } from 'zod';

export const operatorProfileSchema = z.object({
  /** Profiled runs that the times are means of. */
  runCount: z.number().int(),
  /** Mean time of those whole runs, profiler included, milliseconds. */
  profiledRunMs: z.number(),
  /** Of `profiledRunMs`, while at least one kernel ran; less than the sum of the kernels where they overlap. Older profiles lack it. */
  coveredMs: z.number().optional(),
  /** What memory gave a product with the threads of the run, too large for the caches; absent where the weights may stay in them. */
  memoryBytesPerSecond: z.number().optional(),
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
      /** From the graph that was executed, where ONNX Runtime wrote it: tensors that the node reads (weights left out) and makes. */
      inputs: z.array(z.string()).optional(),
      outputs: z.array(z.string()).optional(),
      /** Nodes of the model's file that it computes, those fused into it too; empty for what ONNX Runtime added. */
      standsFor: z.array(z.string()).optional(),
      /** Content of its weights, each once, bytes. */
      weightBytes: z.number().optional(),
      /** From the profiler: inputs that are no weights, and outputs, in one call, bytes. */
      activationBytes: z.number().optional(),
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

const dividedNodeSchema = timedSchema.extend({
  name: z.string(),
  operator: z.string(),
  provider: z.string(),
  /** Nodes of the model's file that it computes; absent where the executed graph was not kept. */
  standsFor: z.array(z.string()).optional(),
  /** Weights and activations that it touches, over `timeMs`; absent where its weights are not known, or none. */
  bytesPerSecond: z.number().optional(),
  /** Of those bytes, 0..1. */
  weightShare: z.number().optional(),
});

export const dividedTimeSchema = z.object({
  /** Unprofiled median latency, milliseconds; the times below and `unattributed` add up to it. */
  medianMs: z.number(),
  profiledRunMs: z.number(),
  /** What kernel times were multiplied by: less than 1 where profiled runs took longer than the median, or kernels overlapped. */
  scale: z.number(),
  /** Kernels that ran at the same time, on average while any ran: 1 where one followed another; null where that was not recorded. */
  overlap: z.number().nullable(),
  /** What memory gave a product that no cache holds; absent where that was not measured. */
  memoryBytesPerSecond: z.number().optional(),
  /**
   * Outside of all kernels: copying inputs and outputs, the executor, JavaScript. Null where kernels overlapped and it was not recorded
   * when none ran. `leastMs` and `mostMs`: what it can be, as the profiler's own cost may lie within kernels or between them.
   */
  unattributed: timedSchema.extend({ leastMs: z.number(), mostMs: z.number() }).nullable(),
  /** By operator type and provider, most time first. */
  operators: z.array(timedSchema.extend({ operator: z.string(), provider: z.string(), nodeCount: z.number().int() })),
  /** Most time first. */
  nodes: z.array(dividedNodeSchema),
});
export type DividedTime = z.infer<typeof dividedTimeSchema>;

/**
 * Divides the unprofiled median among the nodes and what lies outside of them. Where profiled runs took longer, by the profiler or by other
 * load, kernels and the time between them are taken to have grown in the same proportion. Kernels that overlap share the time in which any ran.
 * @param medianMs of the run without the profiler
 */
export function divideTime(profile: OperatorProfile, medianMs: number): DividedTime {
  const { profiledRunMs } = profile;
  const kernelMs = profile.nodes.reduce((sum, node) => sum + node.profiledMs, 0);
  const coveredMs = profile.coveredMs ?? (kernelMs <= profiledRunMs ? kernelMs : null);
  const runScale = Math.min(1, medianMs / profiledRunMs);
  const insideMs = coveredMs === null ? medianMs : Math.min(medianMs, coveredMs * runScale);
  const scale = kernelMs === 0 ? 1 : insideMs / kernelMs;
  const timed = (timeMs: number): { timeMs: number; share: number } => ({ timeMs, share: timeMs / medianMs });
  const nodes = profile.nodes
    .map((node) => ({
      name: node.name,
      operator: node.operator,
      provider: node.provider,
      ...timed(node.profiledMs * scale),
      ...(node.standsFor === undefined ? {} : { standsFor: node.standsFor }),
      ...trafficOf(node, node.profiledMs * scale),
    }))
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
    profiledRunMs,
    scale,
    overlap: coveredMs === null || coveredMs === 0 ? null : kernelMs / coveredMs,
    ...(profile.memoryBytesPerSecond === undefined ? {} : { memoryBytesPerSecond: profile.memoryBytesPerSecond }),
    unattributed:
      coveredMs === null
        ? null
        : { ...timed(medianMs - insideMs), ...boundsOutside({ profiledRunMs, coveredMs, medianMs }) },
    operators: operators.sort((a, b) => b.timeMs - a.timeMs),
    nodes,
  };
}

/**
 * The profiler only adds time. So kernels took at most what they took with it, which leaves at least `leastMs`, and what lies between them
 * took at most what it took with it, and what the profiled run does not hold (JavaScript), `mostMs`.
 */
function boundsOutside(about: { profiledRunMs: number; coveredMs: number; medianMs: number }): {
  leastMs: number;
  mostMs: number;
} {
  const { profiledRunMs, coveredMs, medianMs } = about;
  const beyondRunMs = Math.max(0, medianMs - profiledRunMs);
  return {
    leastMs: Math.max(0, medianMs - coveredMs),
    mostMs: Math.min(medianMs, Math.max(0, profiledRunMs - coveredMs) + beyondRunMs),
  };
}

/** Of a node that runs several times in one run, the bytes of one call: its rate is then too low, never too high. */
function trafficOf(
  { weightBytes = 0, activationBytes = 0 }: OperatorProfile['nodes'][number],
  timeMs: number,
): Pick<DividedTime['nodes'][number], 'bytesPerSecond' | 'weightShare'> {
  if (weightBytes === 0 || timeMs === 0) return {};
  const touchedBytes = weightBytes + activationBytes;
  return { bytesPerSecond: (touchedBytes / timeMs) * 1000, weightShare: weightBytes / touchedBytes };
}
