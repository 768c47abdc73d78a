/** Reads ONNX Runtime's profile: which provider ran which nodes, and how the node time divides. Pure. */
import { AppError } from '#shared/app-error.ts';
import type { Placement } from '#shared/run.ts';
import { countOperators } from './count-operators.ts';

/** One event of the file (Chrome's trace format): times in microseconds. */
export type ProfileEvent = {
  cat?: string;
  name?: string;
  ts?: number;
  dur?: number;
  args?: { provider?: string; node_index?: string; op_name?: string; activation_size?: string; output_size?: string };
};

export const KERNEL_SUFFIX = '_kernel_time';
/** Their time holds that of the nodes inside them, which have events of their own. */
export const controlFlow = new Set(['If', 'Loop', 'Scan', 'SequenceMap']);

/**
 * @param text JSON as written by a session with profiling
 * @returns per provider the number of distinct nodes, by operator too, and the share of node time, largest first. The first run is left out
 *   when there are others: it holds one-time work.
 * Errors: `provider-failed` when the profile is damaged or names no node.
 */
export function parseProfile(text: string): Placement[] {
  const events = readProfileEvents(text);
  const afterFirstRunUs = endOfFirstRun(events);
  /** Of each provider: operator by node, and time. */
  const nodesByProvider = new Map<string, { nodes: Map<string, string>; timeUs: number }>();
  for (const event of events) {
    const provider = event.args?.provider;
    if (event.cat !== 'Node' || !event.name?.endsWith(KERNEL_SUFFIX) || !provider) continue;
    if ((event.ts ?? 0) < afterFirstRunUs) continue;
    const entry = nodesByProvider.get(provider) ?? { nodes: new Map<string, string>(), timeUs: 0 };
    entry.nodes.set(`${event.name} ${event.args?.node_index ?? ''}`, event.args?.op_name ?? 'unknown');
    if (!controlFlow.has(event.args?.op_name ?? '')) entry.timeUs += event.dur ?? 0;
    nodesByProvider.set(provider, entry);
  }
  if (nodesByProvider.size === 0) {
    throw new AppError('provider-failed', 'The profile of ONNX Runtime names no node that ran.');
  }
  const totalUs = [...nodesByProvider.values()].reduce((sum, { timeUs }) => sum + timeUs, 0);
  return [...nodesByProvider]
    .map(([provider, { nodes, timeUs }]) => ({
      provider,
      nodeCount: nodes.size,
      // Nodes faster than a microsecond have no time at all; then their number has to stand for it.
      timeShare: totalUs > 0 ? timeUs / totalUs : nodes.size / countNodes(nodesByProvider),
      operators: countOperators(nodes.values()),
    }))
    .sort((a, b) => b.timeShare - a.timeShare);
}

function countNodes(nodesByProvider: ReadonlyMap<string, { nodes: { size: number } }>): number {
  return [...nodesByProvider.values()].reduce((sum, { nodes }) => sum + nodes.size, 0);
}

/** Errors: `provider-failed` when it is no JSON list. */
export function readProfileEvents(text: string): ProfileEvent[] {
  try {
    const events: unknown = JSON.parse(text);
    if (Array.isArray(events)) return events as ProfileEvent[];
  } catch {
    // Said below, like any other content.
  }
  throw new AppError('provider-failed', 'The profile that ONNX Runtime wrote cannot be read.');
}

/** Microseconds; minus infinity when there is one run at most. */
function endOfFirstRun(events: readonly ProfileEvent[]): number {
  const runs = events
    .filter(({ cat, name }) => cat === 'Session' && name === 'model_run')
    .sort((a, b) => (a.ts ?? 0) - (b.ts ?? 0));
  const [first] = runs;
  return first && runs.length > 1 ? (first.ts ?? 0) + (first.dur ?? 0) : -Infinity;
}
