/** Who makes and who takes which tensor of a graph. Made for one look: after an edit, make a new one. */
import type { GraphProto, ModelProto, NodeProto, TensorProto } from './ir.ts';
import { subgraphsOf, walkGraphs } from './walk-model.ts';

export type GraphIndex = {
  producerOf: (name: string) => NodeProto | undefined;
  /** Nodes of this graph that read it, subgraphs inside of them included; each once. */
  consumersOf: (name: string) => readonly NodeProto[];
  /** A weight, or the value of a Constant node, also by another name (Identity). */
  constantOf: (name: string) => TensorProto | undefined;
  isOutput: (name: string) => boolean;
};

export function indexGraph(graph: GraphProto): GraphIndex {
  const producers = new Map<string, NodeProto>();
  const consumers = new Map<string, NodeProto[]>();
  const constants = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
  // A weight that is an input too may be replaced by whoever runs the model.
  for (const { name } of graph.inputs) constants.delete(name);
  for (const node of graph.nodes) {
    for (const name of node.outputs) if (name !== '') producers.set(name, node);
    for (const name of new Set([...node.inputs, ...capturedNames(node)])) {
      consumers.set(name, [...(consumers.get(name) ?? []), node]);
    }
    const value = node.opType === 'Constant' ? node.attributes.find(({ name }) => name === 'value')?.tensor : undefined;
    // Exporters share equal weights by Identity.
    const shared = node.opType === 'Identity' ? constants.get(node.inputs[0] ?? '') : undefined;
    const constant = value ?? shared;
    if (constant && node.outputs[0]) constants.set(node.outputs[0], constant);
  }
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  return {
    producerOf: (name) => producers.get(name),
    consumersOf: (name) => consumers.get(name) ?? [],
    constantOf: (name) => constants.get(name),
    isOutput: (name) => outputs.has(name),
  };
}

/** Names that the subgraphs of a node read from around them. */
export function capturedNames(node: NodeProto): Set<string> {
  const captured = new Set<string>();
  for (const graph of subgraphsOf(node)) {
    const own = new Set([
      ...graph.inputs.map(({ name }) => name),
      ...graph.initializers.map(({ name }) => name),
      ...graph.nodes.flatMap(({ outputs }) => outputs),
    ]);
    const read = [
      ...graph.nodes.flatMap((inner) => [...inner.inputs, ...capturedNames(inner)]),
      ...graph.outputs.map(({ name }) => name),
    ];
    for (const name of read) if (name !== '' && !own.has(name)) captured.add(name);
  }
  return captured;
}

/** Lets the subgraphs of a node read another tensor from around them. */
export function renameCaptured(node: NodeProto, from: string, to: string): void {
  for (const graph of subgraphsOf(node)) {
    const isOwn =
      graph.inputs.some(({ name }) => name === from) ||
      graph.initializers.some(({ name }) => name === from) ||
      graph.nodes.some(({ outputs }) => outputs.includes(from));
    if (isOwn) continue;
    for (const inner of graph.nodes) {
      inner.inputs = inner.inputs.map((name) => (name === from ? to : name));
      renameCaptured(inner, from, to);
    }
    for (const output of graph.outputs) if (output.name === from) output.name = to;
  }
}

/** Gives names that nothing in the model has, in any graph. */
export function createNamer(model: ModelProto): (wish: string) => string {
  const taken = new Set<string>();
  for (const graph of walkGraphs(model)) {
    for (const { name } of [...graph.inputs, ...graph.initializers, ...graph.outputs]) taken.add(name);
    for (const node of graph.nodes) for (const name of [node.name, ...node.inputs, ...node.outputs]) taken.add(name);
  }
  return (wish) => {
    let name = wish;
    for (let number = 2; taken.has(name); number += 1) name = `${wish}_${number}`;
    taken.add(name);
    return name;
  };
}

/**
 * Takes out weights that nothing reads, also those that are Constant nodes or other names of one (Identity). Inputs and outputs
 * of the model stay.
 */
export function removeUnusedWeights(graph: GraphProto): void {
  for (;;) {
    const read = new Set([...graph.outputs, ...graph.inputs].map(({ name }) => name));
    for (const node of graph.nodes) for (const name of [...node.inputs, ...capturedNames(node)]) read.add(name);
    const weights = graph.initializers.filter(({ name }) => read.has(name));
    const nodes = graph.nodes.filter(
      ({ opType, outputs }) =>
        (opType !== 'Constant' && opType !== 'Identity') || outputs.some((name) => read.has(name)),
    );
    if (weights.length < graph.initializers.length) graph.initializers = weights;
    if (nodes.length === graph.nodes.length) return;
    graph.nodes = nodes;
  }
}
