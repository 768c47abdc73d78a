/** ONNX Runtime says in its verbose log where it placed the nodes of a session, also where it writes no profile or nothing is run. Pure. */
import { AppError } from '#shared/app-error.ts';
import type { Placement } from '#shared/run.ts';
import { countOperators } from '../benchmark/count-operators.ts';

const PLACED = /placed on \[(\w+)\]\. Number of nodes: (\d+)/;
/** `  Gather (its name)`: a node of the provider that was named last. Said only where there are several. */
const NODE = /VerifyEachNodeIsAssignedToAnEp\]\s+([\w.:]+) \(/;

type Placed = { nodeCount: number; operators: string[] };

/**
 * @param log what a session with verbose logging said while it was made
 * @returns most nodes first; the share of time is 1 where one provider has all nodes, else it is not known
 * Errors: `provider-failed` when the log names no node.
 */
export function readPlacement(log: string): Placement[] {
  const byProvider = new Map<string, Placed>();
  let current: Placed | null = null;
  for (const line of log.split('\n')) {
    const [, provider, count] = PLACED.exec(line) ?? [];
    if (provider === undefined) {
      const operator = NODE.exec(line)?.[1];
      if (operator !== undefined) current?.operators.push(operator);
      continue;
    }
    // The bodies of `If` and `Loop` are told of apart.
    current = byProvider.get(provider) ?? { nodeCount: 0, operators: [] };
    current.nodeCount += Number(count);
    byProvider.set(provider, current);
  }
  if (byProvider.size === 0) {
    throw new AppError('provider-failed', 'ONNX Runtime did not say where it placed the nodes.');
  }
  return [...byProvider]
    .map(([provider, { nodeCount, operators }]) => ({
      provider,
      nodeCount,
      timeShare: byProvider.size === 1 ? 1 : null,
      ...(operators.length === 0 ? {} : { operators: countOperators(operators) }),
    }))
    .sort((a, b) => b.nodeCount - a.nodeCount);
}
