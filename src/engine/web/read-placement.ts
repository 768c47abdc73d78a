/** ONNX Runtime Web writes no profile, but says in its log where it placed the nodes. Pure. */
import { AppError } from '#shared/app-error.ts';
import type { Placement } from '#shared/run.ts';

const PLACED = /placed on \[(\w+)\]\. Number of nodes: (\d+)/g;

/**
 * @param log what a session with verbose logging said while it was made
 * @returns most nodes first; the share of time is 1 where one provider has all nodes, else it is not known
 * Errors: `provider-failed` when the log names no node.
 */
export function readPlacement(log: string): Placement[] {
  const counts = new Map<string, number>();
  for (const [, provider = '', count] of log.matchAll(PLACED)) {
    counts.set(provider, (counts.get(provider) ?? 0) + Number(count));
  }
  if (counts.size === 0)
    throw new AppError('provider-failed', 'ONNX Runtime Web did not say where it placed the nodes.');
  return [...counts]
    .map(([provider, nodeCount]) => ({ provider, nodeCount, timeShare: counts.size === 1 ? 1 : null }))
    .sort((a, b) => b.nodeCount - a.nodeCount);
}
