/** Reads ONNX Runtime's profile: how long each node took in one run. Pure. */
import { AppError } from '#shared/app-error.ts';
import type { OperatorProfile } from '#shared/operator-profile.ts';
import { controlFlow, KERNEL_SUFFIX, type ProfileEvent, readProfileEvents } from './parse-profile.ts';

type ProfiledRun = { durationUs: number; events: ProfileEvent[] };

/**
 * Means over the middle half of the runs by their length: a median would be like that of the unprofiled runs which the times are
 * held against, but only a mean resolves what the profiler's whole microseconds cannot. The first run is left out when there are others: it holds one-time work. Nodes that hold others
 * (If, Loop, Scan) have none of their own time here, because their bodies' nodes have it.
 *
 * @param text JSON as written by a session with profiling
 * Errors: `provider-failed` when the profile is damaged or holds no run with nodes.
 */
export function parseOperators(text: string): OperatorProfile {
  const runs = divideIntoRuns(readProfileEvents(text));
  const counted = middleHalf(runs.length > 1 ? runs.slice(1) : runs);
  const nodes = new Map<string, OperatorProfile['nodes'][number]>();
  for (const { events } of counted) {
    for (const event of events) {
      const { provider, op_name: operator = 'unknown', node_index: index = '' } = event.args ?? {};
      if (!provider || controlFlow.has(operator)) continue;
      const name = (event.name ?? '').slice(0, -KERNEL_SUFFIX.length);
      const key = `${name} ${index} ${operator}`;
      const node = nodes.get(key) ?? { name, operator, provider, profiledMs: 0, ...activationsOf(event) };
      nodes.set(key, { ...node, profiledMs: node.profiledMs + (event.dur ?? 0) / 1000 / counted.length });
    }
  }
  if (nodes.size === 0) {
    throw new AppError('provider-failed', 'The profile of ONNX Runtime names no node that ran.');
  }
  const totalUs = counted.reduce((sum, run) => sum + run.durationUs, 0);
  const coveredUs = counted.reduce((sum, { events }) => sum + coveredTimeUs(events), 0);
  return {
    runCount: counted.length,
    profiledRunMs: totalUs / 1000 / counted.length,
    coveredMs: coveredUs / 1000 / counted.length,
    nodes: [...nodes.values()],
  };
}

/** Sizes are text in the file; some providers and versions write none. */
function activationsOf({ args }: ProfileEvent): Pick<OperatorProfile['nodes'][number], 'activationBytes'> {
  const [inputBytes, outputBytes] = [Number(args?.activation_size ?? NaN), Number(args?.output_size ?? NaN)];
  const activationBytes = inputBytes + outputBytes;
  return Number.isFinite(activationBytes) ? { activationBytes } : {};
}

/** While at least one kernel ran: in parallel execution they overlap. @param events by their start */
function coveredTimeUs(events: readonly ProfileEvent[]): number {
  let coveredUs = 0;
  let endUs = -Infinity;
  for (const { ts = 0, dur = 0, args } of events) {
    if (!args?.provider || controlFlow.has(args.op_name ?? '')) continue;
    coveredUs += Math.max(0, ts + dur - Math.max(ts, endUs));
    endUs = Math.max(endUs, ts + dur);
  }
  return coveredUs;
}

function divideIntoRuns(events: readonly ProfileEvent[]): ProfiledRun[] {
  const runs = events
    .filter(({ cat, name }) => cat === 'Session' && name === 'model_run')
    .map(({ ts = 0, dur = 0 }) => ({ startUs: ts, endUs: ts + dur, durationUs: dur, events: [] as ProfileEvent[] }))
    .sort((a, b) => a.startUs - b.startUs);
  const kernels = events
    .filter(({ cat, name }) => cat === 'Node' && name?.endsWith(KERNEL_SUFFIX))
    .sort((a, b) => (a.ts ?? 0) - (b.ts ?? 0));
  let current = 0;
  for (const kernel of kernels) {
    const startUs = kernel.ts ?? 0;
    while (current < runs.length && startUs > (runs[current]?.endUs ?? 0)) current += 1;
    const run = runs[current];
    if (run && startUs >= run.startUs) run.events.push(kernel);
  }
  return runs;
}

function middleHalf(runs: readonly ProfiledRun[]): ProfiledRun[] {
  const sorted = [...runs].sort((a, b) => a.durationUs - b.durationUs);
  return sorted.slice(Math.floor(runs.length / 4), Math.ceil((3 * runs.length) / 4));
}
