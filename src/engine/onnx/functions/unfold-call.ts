/** The body of a function as nodes for the place of one call, after the rules of https://github.com/onnx/onnx/blob/main/docs/IR.md#functions. */
import {
  type AttributeProto,
  createNode,
  type FunctionProto,
  type GraphProto,
  type NodeProto,
  type TensorProto,
} from '../ir.ts';
import { isStandard } from '../infer-shapes.ts';
import { ownNames } from '../scopes.ts';
import { contentByteLength } from '../tensor-contents.ts';

/** Names inside of the function, and what they are called around the call. */
type Scope = Map<string, string>;

type Unfolding = {
  uniqueName: (wish: string) => string;
  /** @returns the name by which all calls of the function read the value of one of its Constant nodes */
  share: (constant: NodeProto, value: TensorProto) => string;
};

/** Larger constants are kept once for all calls. */
const SMALL_BYTES = 1024;

/**
 * Tensors that the call gives and takes keep their names; all others get new ones, and so do nodes: those of the call and of the node, joined by a slash.
 * Attributes that the function takes from its call get their values, or its defaults; without either they are left out. What the function declares of types
 * is left out too, because it need not hold for each call.
 */
export function unfoldCall(call: NodeProto, body: FunctionProto, { uniqueName, share }: Unfolding): NodeProto[] {
  const prefix = call.name || (call.outputs.find((name) => name !== '') ?? body.name);
  const newName = (name: string): string => uniqueName(`${prefix}/${name}`);
  const given = new Map(
    [...body.attributeDefaults, ...call.attributes].map((attribute) => [attribute.name, attribute]),
  );

  const scope = new Map(body.inputs.map((name, position) => [name, call.inputs[position] ?? '']));
  const copies: NodeProto[] = [];
  for (const [position, name] of body.outputs.entries()) {
    const output = call.outputs[position] ?? '';
    if (output === '') continue;
    const known = scope.get(name);
    // What it hands on, or gives twice.
    if (known !== undefined) copies.push(createNode({ opType: 'Identity', inputs: [known], outputs: [output] }));
    else scope.set(name, output);
  }
  for (const name of body.nodes.flatMap(({ outputs }) => outputs)) if (!scope.has(name)) scope.set(name, newName(name));
  return [...unfoldNodes(body.nodes, scope, new Set(body.outputs)), ...copies];

  /** @param results what the nodes have to make themselves */
  function unfoldNodes(nodes: readonly NodeProto[], names: Scope, results: ReadonlySet<string>): NodeProto[] {
    const own = nodes.filter((node) => {
      const [output = ''] = node.outputs;
      const value = results.has(output) ? undefined : largeConstantOf(node);
      if (value) names.set(output, share(node, value));
      return value === undefined;
    });
    const rename = (name: string): string => (name === '' ? '' : (names.get(name) ?? name));
    return own.map((node) => ({
      ...node,
      name: newName(node.name || node.opType),
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
      attributes: node.attributes.flatMap((attribute) => unfoldAttribute(attribute, names)),
    }));
  }

  function unfoldAttribute(attribute: AttributeProto, names: Scope): AttributeProto[] {
    const { name, referenceName, graph, graphs } = attribute;
    if (referenceName !== '') {
      const value = given.get(referenceName);
      return value ? [{ ...value, name }] : [];
    }
    if (!graph && graphs.length === 0) return [attribute];
    const unfolded = graphs.map((inner) => unfoldGraph(inner, names));
    return [{ ...attribute, graph: graph && unfoldGraph(graph, names), graphs: unfolded }];
  }

  function unfoldGraph(graph: GraphProto, around: Scope): GraphProto {
    const names = new Map(around);
    for (const name of ownNames(graph)) names.set(name, newName(name));
    const nodes = unfoldNodes(graph.nodes, names, new Set(graph.outputs.map(({ name }) => name)));
    const rename = <Named extends { name: string }>(item: Named): Named => ({
      ...item,
      name: names.get(item.name) ?? item.name,
    });
    return {
      ...graph,
      nodes,
      inputs: graph.inputs.map(rename),
      outputs: graph.outputs.map(rename),
      initializers: graph.initializers.map(rename),
      sparseInitializers: graph.sparseInitializers.map((sparse) => ({
        ...sparse,
        values: sparse.values && rename(sparse.values),
      })),
      valueInfos: [],
    };
  }
}

function largeConstantOf(node: NodeProto): TensorProto | undefined {
  if (node.opType !== 'Constant' || !isStandard(node)) return undefined;
  const value = node.attributes.find(({ name, referenceName }) => name === 'value' && referenceName === '')?.tensor;
  return value && contentByteLength(value) > SMALL_BYTES ? value : undefined;
}
