/** Dead code: what no output of the model depends on. */
import { functionKey } from './functions/function-key.ts';
import type { GraphProto, ModelProto, NodeProto } from './ir.ts';
import { capturedNames } from './scopes.ts';
import { subgraphsOf, walkNodes } from './walk-model.ts';

/**
 * Takes nodes and weights that no output depends on out of a graph and the graphs inside of it. Inputs and outputs stay, and so
 * does a weight that is an input too.
 */
export function removeUnused(graph: GraphProto): void {
  for (const node of graph.nodes) for (const inner of subgraphsOf(node)) removeUnused(inner);
  const makers = new Map<string, NodeProto>();
  for (const node of graph.nodes) for (const name of node.outputs) if (name !== '') makers.set(name, node);
  const used = new Set<NodeProto>();
  const read = new Set(graph.inputs.map(({ name }) => name));
  const open = graph.outputs.map(({ name }) => name);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    read.add(name);
    const maker = makers.get(name);
    if (!maker || used.has(maker)) continue;
    used.add(maker);
    for (const input of [...maker.inputs, ...capturedNames(maker)]) if (!read.has(input)) open.push(input);
  }
  if (used.size < graph.nodes.length) graph.nodes = graph.nodes.filter((node) => used.has(node));
  const weights = graph.initializers.filter(({ name }) => read.has(name));
  if (weights.length < graph.initializers.length) graph.initializers = weights;
  const sparse = graph.sparseInitializers.filter(({ values }) => read.has(values?.name ?? ''));
  if (sparse.length < graph.sparseInitializers.length) graph.sparseInitializers = sparse;
}

/** Takes out the functions of a model that no node calls, not even one in a function that is called. */
export function removeUnusedFunctions(model: ModelProto): void {
  for (;;) {
    const called = new Set(
      [...walkNodes(model)].map(({ domain, opType, overload }) => functionKey({ domain, name: opType, overload })),
    );
    const functions = model.functions.filter((body) => called.has(functionKey(body)));
    if (functions.length === model.functions.length) return;
    model.functions = functions;
  }
}
