/** A copy of everything that edits change; tensors and their bytes are shared. */
import type { AttributeProto, FunctionProto, GraphProto, ModelProto, NodeProto } from './ir.ts';

/** What is read from a file keeps its bytes: a copy that is not changed is written as they are. */
export function cloneModel(model: ModelProto): ModelProto {
  return {
    ...model,
    graph: model.graph && cloneGraph(model.graph),
    opsetImports: model.opsetImports.map((entry) => ({ ...entry })),
    metadata: [...model.metadata],
    functions: model.functions.map(cloneFunction),
  };
}

function cloneGraph(graph: GraphProto): GraphProto {
  return {
    ...graph,
    nodes: graph.nodes.map(cloneNode),
    initializers: [...graph.initializers],
    sparseInitializers: [...graph.sparseInitializers],
    inputs: graph.inputs.map((value) => ({ ...value })),
    outputs: graph.outputs.map((value) => ({ ...value })),
    valueInfos: graph.valueInfos.map((value) => ({ ...value })),
  };
}

function cloneFunction(body: FunctionProto): FunctionProto {
  return {
    ...body,
    nodes: body.nodes.map(cloneNode),
    opsetImports: body.opsetImports.map((entry) => ({ ...entry })),
  };
}

function cloneNode(node: NodeProto): NodeProto {
  return { ...node, attributes: node.attributes.map(cloneAttribute) };
}

function cloneAttribute(attribute: AttributeProto): AttributeProto {
  const { graph, graphs } = attribute;
  return graph || graphs.length > 0
    ? { ...attribute, graph: graph && cloneGraph(graph), graphs: graphs.map(cloneGraph) }
    : attribute;
}
