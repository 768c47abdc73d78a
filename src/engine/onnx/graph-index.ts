/** Who makes and who takes which tensor of a graph. */
import { constantValueOf } from './constant-value.ts';
import type { GraphProto, NodeProto, TensorProto } from './ir.ts';
import { capturedNames } from './scopes.ts';

export type GraphIndex = {
  producerOf: (name: string) => NodeProto | undefined;
  /** Nodes of this graph that read it, subgraphs inside of them included; each once. */
  consumersOf: (name: string) => readonly NodeProto[];
  /** A weight, or the value of a Constant node, also by another name (Identity). */
  constantOf: (name: string) => TensorProto | undefined;
  isOutput: (name: string) => boolean;
};

/** An index that is told of every change; `graph-editor.ts` does. */
export type LiveIndex = GraphIndex & {
  addNode: (node: NodeProto) => void;
  /** Also for a node whose inputs and outputs are no longer those that it was added with. */
  removeNode: (node: NodeProto) => void;
  addWeight: (tensor: TensorProto) => void;
  removeWeight: (name: string) => void;
};

/**
 * Right until the graph is changed by other means than a graph editor.
 * @param outer of the graph around a subgraph, whose constants it reads too
 */
export function indexGraph(graph: GraphProto, outer?: GraphIndex): GraphIndex {
  return createLiveIndex(graph, outer);
}

export function createLiveIndex(graph: GraphProto, outer?: GraphIndex): LiveIndex {
  const producers = new Map<string, NodeProto>();
  const consumers = new Map<string, Set<NodeProto>>();
  const added = new Map<NodeProto, { reads: Set<string>; makes: string[] }>();
  const weights = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
  const inputs = new Set(graph.inputs.map(({ name }) => name));
  const outputs = new Set(graph.outputs.map(({ name }) => name));

  const addNode = (node: NodeProto): void => {
    const reads = new Set([...node.inputs, ...capturedNames(node)].filter((name) => name !== ''));
    const makes = node.outputs.filter((name) => name !== '');
    for (const name of makes) producers.set(name, node);
    for (const name of reads) {
      const known = consumers.get(name);
      if (known) known.add(node);
      else consumers.set(name, new Set([node]));
    }
    added.set(node, { reads, makes });
  };
  const removeNode = (node: NodeProto): void => {
    const { reads = [], makes = [] } = added.get(node) ?? {};
    for (const name of makes) if (producers.get(name) === node) producers.delete(name);
    for (const name of reads) consumers.get(name)?.delete(node);
    added.delete(node);
  };
  const constantOf = (name: string): TensorProto | undefined => {
    // Exporters share equal weights by Identity. A damaged file may have a ring of them.
    const seen = new Set<string>();
    for (let current = name; !seen.has(current);) {
      seen.add(current);
      const weight = weights.get(current);
      // A weight that is an input too may be replaced by whoever runs the model.
      if (weight) return inputs.has(current) ? undefined : weight;
      const producer = producers.get(current);
      if (producer?.opType === 'Constant') return constantValueOf(producer);
      if (!producer && !inputs.has(current)) return outer?.constantOf(current);
      if (producer?.opType !== 'Identity') return undefined;
      current = producer.inputs[0] ?? '';
    }
    return undefined;
  };

  for (const node of graph.nodes) addNode(node);
  return {
    producerOf: (name) => producers.get(name),
    consumersOf: (name) => [...(consumers.get(name) ?? [])],
    constantOf,
    isOutput: (name) => outputs.has(name),
    addNode,
    removeNode,
    addWeight: (tensor) => void weights.set(tensor.name, tensor),
    removeWeight: (name) => void weights.delete(name),
  };
}
