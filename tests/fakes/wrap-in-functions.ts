import {
  type AttributeProto,
  ATTRIBUTE_TYPES,
  attributeSchema,
  createAttribute,
  createNode,
  functionSchema,
  type GraphProto,
  type ModelProto,
  type NodeProto,
} from '../../src/engine/onnx/ir.ts';
import { createMessage } from '../../src/engine/onnx/message.ts';
import { capturedNames } from '../../src/engine/onnx/scopes.ts';

const IR_VERSION_OF_FUNCTIONS = 8;
const DOMAIN = 'tests.modules';

/**
 * Turns the main graph into calls of functions, as exporters do that keep the modules of a program: one for each run of nodes, which holds the weights that
 * only it reads, and takes the numbers among the attributes of its nodes from its call. What the model computes stays the same.
 * @param nodeCount in a function
 */
export function wrapInFunctions(model: ModelProto, nodeCount: number): void {
  const graph = model.graph as GraphProto;
  const pieces = Array.from({ length: Math.ceil(graph.nodes.length / nodeCount) }, (_, index) =>
    graph.nodes.slice(index * nodeCount, (index + 1) * nodeCount),
  );
  const readsOf = (nodes: readonly NodeProto[]): Set<string> =>
    new Set(nodes.flatMap((node) => [...node.inputs, ...capturedNames(node)]).filter((name) => name !== ''));
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const makers = new Map(
    pieces.flatMap((nodes, piece) => nodes.flatMap((node) => node.outputs.map((name) => [name, piece]))),
  );
  const readers = Map.groupBy(
    pieces.flatMap((nodes, piece) => [...readsOf(nodes)].map((name) => ({ name, piece }))),
    ({ name }) => name,
  );
  const inputs = new Set(graph.inputs.map(({ name }) => name));

  graph.nodes = pieces.map((nodes, piece) => {
    const own = graph.initializers.filter(
      ({ name }) =>
        !inputs.has(name) &&
        !outputs.has(name) &&
        readers.get(name)?.length === 1 &&
        readers.get(name)?.[0]?.piece === piece,
    );
    const isOwn = new Set(own.map(({ name }) => name));
    const taken = [...readsOf(nodes)].filter((name) => makers.get(name) !== piece && !isOwn.has(name));
    const given = nodes
      .flatMap((node) => node.outputs)
      .filter(
        (name) => name !== '' && (outputs.has(name) || readers.get(name)?.some((reader) => reader.piece !== piece)),
      );
    graph.initializers = graph.initializers.filter((tensor) => !own.includes(tensor));
    const name = `Module${piece}`;
    const { body, attributes } = takeAttributes(nodes);
    const constants = own.map((tensor) =>
      createNode({ opType: 'Constant', outputs: [tensor.name], attributes: [createAttribute('value', tensor)] }),
    );
    model.functions.push(
      createMessage(functionSchema, {
        name,
        domain: DOMAIN,
        inputs: taken,
        outputs: given,
        nodes: [...constants, ...body],
        opsetImports: model.opsetImports.map((entry) => ({ ...entry })),
        attributeNames: attributes.map((attribute) => attribute.name),
      }),
    );
    return createNode({
      opType: name,
      domain: DOMAIN,
      name: `module_${piece}`,
      inputs: taken,
      outputs: given,
      attributes,
    });
  });
  model.opsetImports.push({ domain: DOMAIN, version: 1 });
  model.irVersion = Math.max(model.irVersion, IR_VERSION_OF_FUNCTIONS);
}

const NUMBERS: ReadonlySet<number> = new Set([ATTRIBUTE_TYPES.float, ATTRIBUTE_TYPES.int, ATTRIBUTE_TYPES.ints]);

/** @returns the nodes with references in the place of numbers, and what a call has to give for them */
function takeAttributes(nodes: readonly NodeProto[]): { body: NodeProto[]; attributes: AttributeProto[] } {
  const attributes: AttributeProto[] = [];
  const body = nodes.map((node) => ({
    ...node,
    attributes: node.attributes.map((attribute) => {
      if (!NUMBERS.has(attribute.type)) return attribute;
      const referenceName = `a${attributes.length}`;
      attributes.push({ ...attribute, name: referenceName });
      return createMessage(attributeSchema, { name: attribute.name, type: attribute.type, referenceName });
    }),
  }));
  return { body, attributes };
}
