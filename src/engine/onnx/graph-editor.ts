/**
 * Changes to a graph, with an index that stays right: who makes, who reads. Subgraphs that read a tensor from around them follow.
 * All changes to nodes and weights go through the editor for as long as one is in use.
 */
import type { ElementType } from './element-types.ts';
import { createLiveIndex, type GraphIndex } from './graph-index.ts';
import { createNode, type GraphProto, type NodeProto, type TensorProto } from './ir.ts';
import { removeUnused } from './remove-unused.ts';
import { renameCaptured } from './scopes.ts';
import { tensorFrom } from './tensor-contents.ts';
import { subgraphsOf } from './walk-model.ts';

type NodeChange = Partial<Pick<NodeProto, 'opType' | 'domain' | 'inputs' | 'outputs' | 'attributes'>>;

export type GraphEditor = GraphIndex & {
  graph: GraphProto;
  /** A name that nothing in the model has. */
  uniqueName: (wish: string) => string;
  /** @param tensor by a name from `uniqueName` @returns that name */
  addTensor: (tensor: TensorProto) => string;
  /** @returns the name that the weight got */
  addWeight: (wish: string, type: ElementType, dims: readonly number[], values: ArrayBufferView) => string;
  insertBefore: (node: NodeProto, ...added: readonly NodeProto[]) => void;
  insertAfter: (node: NodeProto, ...added: readonly NodeProto[]) => void;
  /** Before all others. */
  prepend: (...added: readonly NodeProto[]) => void;
  append: (...added: readonly NodeProto[]) => void;
  /** After the node that makes the tensor; before all others where it is an input or a weight. */
  insertAfterTensor: (name: string, ...added: readonly NodeProto[]) => void;
  update: (node: NodeProto, change: NodeChange) => void;
  /** Others in its place; they have to make what it made. */
  replace: (node: NodeProto, ...others: readonly NodeProto[]) => void;
  remove: (node: NodeProto) => void;
  /** Takes the node out and gives its input to those who read its first output, which is the only one that may be read. */
  bypass: (node: NodeProto, input?: string) => void;
  /** Lets readers take another tensor, also inside of their subgraphs; all of them unless some are named. Outputs stay. */
  redirect: (from: string, to: string, readers?: Iterable<NodeProto>) => void;
  /**
   * Gives a tensor that a node makes another name, everywhere. An output of the graph keeps the old one, and has to be made
   * anew by a node that is added.
   */
  rename: (from: string, to: string) => void;
  /** Takes out what no output depends on. */
  removeUnused: () => void;
};

/**
 * @param uniqueName from `createNamer`, shared by the editors of all graphs of a model
 * @param outer of the graph around a subgraph, whose constants it reads too
 */
export function editGraph(graph: GraphProto, uniqueName: (wish: string) => string, outer?: GraphIndex): GraphEditor {
  const index = createLiveIndex(graph, outer);
  const positionOf = (node: NodeProto): number => {
    const position = graph.nodes.indexOf(node);
    if (position >= 0) return position;
    throw new Error(`The node ${node.name || node.outputs[0]} is not in the graph.`);
  };
  const splice = (position: number, removeCount: number, added: readonly NodeProto[]): void => {
    for (const node of graph.nodes.slice(position, position + removeCount)) index.removeNode(node);
    graph.nodes = graph.nodes.toSpliced(position, removeCount, ...added);
    for (const node of added) index.addNode(node);
  };
  const update = (node: NodeProto, change: NodeChange): void => {
    index.removeNode(node);
    Object.assign(node, change);
    index.addNode(node);
  };
  const redirect = (from: string, to: string, readers: Iterable<NodeProto> = index.consumersOf(from)): void => {
    for (const node of readers) {
      renameCaptured(node, from, to, uniqueName);
      update(node, { inputs: node.inputs.map((name) => (name === from ? to : name)) });
    }
  };
  const rename = (from: string, to: string): void => {
    const producer = index.producerOf(from);
    if (!producer) throw new Error(`No node makes ${from}.`);
    redirect(from, to);
    update(producer, { outputs: producer.outputs.map((name) => (name === from ? to : name)) });
    const isKnown = index.isOutput(to);
    if (isKnown) graph.valueInfos = graph.valueInfos.filter(({ name }) => name !== from);
    else for (const info of graph.valueInfos) if (info.name === from) info.name = to;
  };
  const addTensor = (tensor: TensorProto): string => {
    graph.initializers.push(tensor);
    index.addWeight(tensor);
    return tensor.name;
  };
  const remove = (node: NodeProto): void => splice(positionOf(node), 1, []);

  return {
    ...index,
    graph,
    uniqueName,
    addTensor,
    addWeight: (wish, type, dims, values) => addTensor(tensorFrom(uniqueName(wish), type, dims, values)),
    insertBefore: (node, ...added) => splice(positionOf(node), 0, added),
    insertAfter: (node, ...added) => splice(positionOf(node) + 1, 0, added),
    prepend: (...added) => splice(0, 0, added),
    append: (...added) => splice(graph.nodes.length, 0, added),
    insertAfterTensor(name, ...added) {
      const producer = index.producerOf(name);
      splice(producer ? positionOf(producer) + 1 : 0, 0, added);
    },
    update,
    replace: (node, ...others) => splice(positionOf(node), 1, others),
    remove,
    bypass(node, input = node.inputs[0] ?? '') {
      const [output = '', ...others] = node.outputs;
      if (others.some((name) => index.consumersOf(name).length > 0 || index.isOutput(name))) {
        throw new Error(`More than one output of ${node.name || output} is read.`);
      }
      if (!index.isOutput(output)) {
        remove(node);
        redirect(output, input);
      } else if (index.producerOf(input) && !index.isOutput(input)) {
        remove(node);
        rename(input, output);
      } else {
        // The name of an output has to be made by something.
        splice(positionOf(node), 1, [
          createNode({ opType: 'Identity', name: node.name, inputs: [input], outputs: [output] }),
        ]);
      }
    },
    redirect,
    rename,
    removeUnused() {
      const before = { nodes: graph.nodes, initializers: graph.initializers };
      removeUnused(graph);
      const [nodes, weights] = [new Set(graph.nodes), new Set(graph.initializers)];
      for (const node of before.nodes) if (!nodes.has(node)) index.removeNode(node);
      for (const tensor of before.initializers) if (!weights.has(tensor)) index.removeWeight(tensor.name);
      // What is gone from a subgraph may have read from around it.
      for (const node of graph.nodes) if (subgraphsOf(node).length > 0) update(node, {});
    },
  };
}
