/** Everything in a model, subgraphs and functions included. */
import type { AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto } from './ir.ts';

/** The main graph first, then the graphs inside its nodes and those of functions, each before what it holds. */
export function* walkGraphs(model: ModelProto): Generator<GraphProto> {
  if (model.graph) yield* walkGraph(model.graph);
  for (const { nodes } of model.functions) yield* walkSubgraphs(nodes);
}

/** A graph and all those inside its nodes. */
export function* walkGraph(graph: GraphProto): Generator<GraphProto> {
  yield graph;
  yield* walkSubgraphs(graph.nodes);
}

function* walkSubgraphs(nodes: readonly NodeProto[]): Generator<GraphProto> {
  for (const node of nodes) for (const graph of subgraphsOf(node)) yield* walkGraph(graph);
}

/** The graphs that are attributes of a node (`If`, `Loop`, `Scan`, …). */
export function subgraphsOf(node: NodeProto): GraphProto[] {
  return node.attributes.flatMap(({ graph, graphs }) => (graph ? [graph, ...graphs] : graphs));
}

/** Nodes of all graphs and of function bodies. */
export function* walkNodes(model: ModelProto): Generator<NodeProto> {
  for (const graph of walkGraphs(model)) yield* graph.nodes;
  for (const { nodes } of model.functions) yield* nodes;
}

/** Weights, and constants that are attributes of nodes. */
export function* walkTensors(model: ModelProto): Generator<TensorProto> {
  for (const graph of walkGraphs(model)) {
    yield* graph.initializers;
    for (const { values, indices } of graph.sparseInitializers) {
      if (values) yield values;
      if (indices) yield indices;
    }
  }
  for (const node of walkNodes(model)) for (const attribute of node.attributes) yield* tensorsOf(attribute);
  for (const { attributeDefaults } of model.functions) {
    for (const attribute of attributeDefaults) yield* tensorsOf(attribute);
  }
}

function* tensorsOf({ tensor, tensors, sparseTensor, sparseTensors }: AttributeProto): Generator<TensorProto> {
  if (tensor) yield tensor;
  yield* tensors;
  for (const sparse of sparseTensor ? [sparseTensor, ...sparseTensors] : sparseTensors) {
    if (sparse.values) yield sparse.values;
    if (sparse.indices) yield sparse.indices;
  }
}
