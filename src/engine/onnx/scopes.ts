/** Names across nested graphs: what a subgraph takes from around it, and what happens to that when names change. */
import type { GraphProto, NodeProto } from './ir.ts';
import { subgraphsOf } from './walk-model.ts';

/** Names that the subgraphs of a node read from around them. */
export function capturedNames(node: NodeProto): Set<string> {
  const captured = new Set<string>();
  for (const graph of subgraphsOf(node)) {
    const own = ownNames(graph);
    const read = [
      ...graph.nodes.flatMap((inner) => [...inner.inputs, ...capturedNames(inner)]),
      ...graph.outputs.map(({ name }) => name),
    ];
    for (const name of read) if (name !== '' && !own.has(name)) captured.add(name);
  }
  return captured;
}

/**
 * Lets the subgraphs of a node read another tensor from around them. A subgraph that has a tensor of its own by the first name
 * is left alone; one that has one by the second name gets a new name for it.
 */
export function renameCaptured(node: NodeProto, from: string, to: string, uniqueName: (wish: string) => string): void {
  for (const graph of subgraphsOf(node)) {
    const own = ownNames(graph);
    if (own.has(from)) continue;
    if (own.has(to) && capturedNames(node).has(from)) renameOwn(graph, to, uniqueName(to), uniqueName);
    renameReads(graph, from, to, uniqueName);
  }
}

function renameReads(graph: GraphProto, from: string, to: string, uniqueName: (wish: string) => string): void {
  for (const inner of graph.nodes) {
    if (inner.inputs.includes(from)) inner.inputs = inner.inputs.map((name) => (name === from ? to : name));
    renameCaptured(inner, from, to, uniqueName);
  }
  for (const output of graph.outputs) if (output.name === from) output.name = to;
}

/** Gives a tensor of a graph another name, in the graphs inside of it too. */
export function renameOwn(graph: GraphProto, from: string, to: string, uniqueName: (wish: string) => string): void {
  for (const tensor of [...graph.inputs, ...graph.initializers, ...graph.valueInfos]) {
    if (tensor.name === from) tensor.name = to;
  }
  for (const { values } of graph.sparseInitializers) if (values?.name === from) values.name = to;
  for (const node of graph.nodes) {
    if (node.outputs.includes(from)) node.outputs = node.outputs.map((name) => (name === from ? to : name));
  }
  renameReads(graph, from, to, uniqueName);
}

/** Tensors that a graph has itself: those that it is given, its weights, and what its nodes make. */
export function ownNames(graph: GraphProto): Set<string> {
  return new Set([
    ...graph.inputs.map(({ name }) => name),
    ...graph.initializers.map(({ name }) => name),
    ...graph.sparseInitializers.map(({ values }) => values?.name ?? ''),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ]);
}
