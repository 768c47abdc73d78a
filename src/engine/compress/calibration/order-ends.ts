import type { GraphProto, NodeProto } from '../../onnx/ir.ts';
import { capturedNames } from '../../onnx/scopes.ts';

/**
 * Puts the nodes that nobody reads behind all others, those that need most first. ONNX Runtime runs a graph from such ends: the one that stands
 * last in the file comes first, with all that it needs. So an extract of a tensor is taken as soon as the tensor is there, while it is in the
 * caches, and the tensor goes when its readers have run, instead of waiting until all others are made.
 * Source: ONNX Runtime, graph_viewer.cc (ReverseDFSFrom the leaf nodes).
 * @param graph its nodes sorted
 */
export function orderEnds(graph: GraphProto): void {
  const readBy = (node: NodeProto): string[] => [...node.inputs, ...capturedNames(node)];
  const read = new Set(graph.nodes.flatMap(readBy));
  /** Of what makes a tensor: how many nodes run one after the other until it is there. */
  const depths = new Map<string, number>();
  const ends: { node: NodeProto; depth: number }[] = [];
  const others: NodeProto[] = [];
  for (const node of graph.nodes) {
    const depth = readBy(node).reduce((most, name) => Math.max(most, depths.get(name) ?? 0), 0) + 1;
    for (const name of node.outputs) depths.set(name, depth);
    if (node.outputs.some((name) => read.has(name))) others.push(node);
    else ends.push({ node, depth });
  }
  ends.sort((a, b) => b.depth - a.depth);
  graph.nodes = [...others, ...ends.map(({ node }) => node)];
}
