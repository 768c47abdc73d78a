import { type GraphProto, graphSchema, type ModelProto, modelSchema, type NodeProto } from '../onnx/ir.ts';
import { createMessage } from '../onnx/message.ts';
import { capturedNames } from '../onnx/scopes.ts';

/**
 * A branch of an If of the main graph, with what it needs from around it, in a graph of its own that gives what the branch gives: on inputs that take
 * the branch it computes what the model does. Nodes and weights are those of the model, not copies.
 */
export function takeOutBranch(model: ModelProto, branch: GraphProto): ModelProto {
  const outer = model.graph as GraphProto;
  const graph = createMessage(graphSchema, {
    ...outer,
    nodes: [...outer.nodes, ...branch.nodes],
    initializers: [...outer.initializers, ...branch.initializers],
    valueInfos: [...outer.valueInfos, ...branch.valueInfos],
    outputs: branch.outputs,
  });
  // Without the If, and all behind it. Nodes of other branches are looked at here, and nothing is taken out of them.
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const needed = new Set<NodeProto>();
  const open = graph.outputs.map(({ name }) => name);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const maker = makers.get(name);
    if (!maker || needed.has(maker)) continue;
    needed.add(maker);
    open.push(...maker.inputs, ...capturedNames(maker));
  }
  graph.nodes = graph.nodes.filter((node) => needed.has(node));
  return createMessage(modelSchema, { ...model, graph });
}
