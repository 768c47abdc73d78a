/** Files must list each node after those whose results it reads; some exporters do not. */
import { AppError } from '#shared/app-error.ts';
import type { GraphProto, ModelProto, NodeProto } from './ir.ts';
import { capturedNames } from './scopes.ts';
import { walkGraphs } from './walk-model.ts';

/** Sorts every graph and function of a model. Errors: `invalid-model` for a cycle. */
export function sortModel(model: ModelProto): void {
  for (const graph of walkGraphs(model)) sortNodes(graph);
  for (const body of model.functions) sortNodes(body);
}

/**
 * Moves nodes to the front of the first node that needs them, and no others: a sorted graph stays as it is.
 * Errors: `invalid-model` for a cycle.
 */
export function sortNodes(graph: Pick<GraphProto, 'nodes'>): void {
  const makers = new Map<string, NodeProto>();
  for (const node of graph.nodes) for (const name of node.outputs) if (name !== '') makers.set(name, node);
  const sorted: NodeProto[] = [];
  const state = new Map<NodeProto, 'open' | 'done'>();
  const needsOf = (node: NodeProto): NodeProto[] =>
    [...node.inputs, ...capturedNames(node)].flatMap((name) => makers.get(name) ?? []);
  for (const root of graph.nodes) {
    // A stack of its own: graphs are deeper than the call stack is.
    const stack = state.has(root) ? [] : [{ node: root, needs: needsOf(root) }];
    if (stack.length > 0) state.set(root, 'open');
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const next = top.needs.shift();
      if (!next) {
        state.set(top.node, 'done');
        sorted.push(top.node);
        stack.pop();
      } else if (state.get(next) === 'open') {
        throw new AppError(
          'invalid-model',
          `The model is damaged: its node “${next.name || (next.outputs[0] ?? '')}” (${next.opType}) needs its own result.`,
        );
      } else if (!state.has(next)) {
        state.set(next, 'open');
        stack.push({ node: next, needs: needsOf(next) });
      }
    }
  }
  if (sorted.some((node, index) => node !== graph.nodes[index])) graph.nodes = sorted;
}
