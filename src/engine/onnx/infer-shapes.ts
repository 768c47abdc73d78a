/**
 * Shapes by the rules of the operators, as far as this reader knows them: enough to count multiply-accumulates. What is not
 * known stays unknown. Whoever needs every shape runs the model.
 * Source: https://onnx.ai/onnx/operators/
 */
import { intAttribute, intsAttribute } from './attributes.ts';
import { elementTypeOf } from './element-types.ts';
import type { GraphProto, NodeProto, TensorProto } from './ir.ts';
import { MOST_DIMENSIONS, toDims } from './shape-rule.ts';
import { inferNode } from './shape-rules.ts';
import { elementCount } from './element-count.ts';
import { floatsOf, integersOf } from './tensor-contents.ts';

/**
 * `null`: not known. `values` are kept for small tensors of integers and booleans, because shapes are computed from them; NaN: not known.
 * `floats` are those of small constants, which sizes are multiplied by.
 */
export type Inferred = { dims: (number | null)[] | null; values: number[] | null; floats?: number[] };

export const UNKNOWN: Inferred = { dims: null, values: null };
const MOST_VALUES = 64;

/**
 * @param options.inputs shapes of inputs, over what the file says
 * @param options.around what is known of tensors around a subgraph
 * @param options.batchSize taken for a first dimension of an input that the file leaves open, or null: unknown, as other open dimensions are
 * @returns what is known of each tensor of the main graph, by name
 */
export function inferShapes(
  graph: GraphProto,
  options: {
    batchSize: number | null;
    inputs?: ReadonlyMap<string, readonly number[]>;
    around?: ReadonlyMap<string, Inferred>;
  },
): Map<string, Inferred> {
  const known = new Map<string, Inferred>(options.around);
  const weights = new Set(graph.initializers.map(({ name }) => name));
  for (const tensor of graph.initializers) known.set(tensor.name, constantOf(tensor));
  for (const { name, type } of graph.inputs) {
    if (weights.has(name)) continue;
    const dimensions = type?.tensor?.shape?.dimensions;
    const dims = dimensions?.map(({ value }, index) =>
      value !== undefined && value > 0 ? value : index === 0 ? options.batchSize : null,
    );
    const given = options.inputs?.get(name);
    known.set(name, { dims: given ? [...given] : (dims ?? null), values: null });
  }
  const declared = new Map(graph.valueInfos.map((info) => [info.name, info]));
  for (const node of graph.nodes) {
    const inferred = inferOutputs(node, known);
    for (const [index, name] of node.outputs.entries()) {
      if (name === '') continue;
      const result = bounded(inferred[index] ?? UNKNOWN);
      const dimensions = declared.get(name)?.type?.tensor?.shape?.dimensions;
      const isDeclared = result.dims === null && dimensions !== undefined;
      known.set(
        name,
        isDeclared
          ? { dims: dimensions.map(({ value }) => (value !== undefined && value > 0 ? value : null)), values: null }
          : result,
      );
    }
  }
  return known;
}

/** Rules may double what they are given, node after node, and compute with sizes that are not known. */
function bounded({ dims, values, floats }: Inferred): Inferred {
  return {
    ...(floats && floats.length <= MOST_VALUES ? { floats } : {}),
    dims: dims === null || dims.length > MOST_DIMENSIONS ? null : toDims(dims),
    values: values !== null && values.length > MOST_VALUES ? null : values,
  };
}

function inferOutputs(node: NodeProto, known: ReadonlyMap<string, Inferred>): Inferred[] {
  if (node.opType === 'Constant' && isStandard(node)) {
    const tensor = node.attributes.find(({ name }) => name === 'value')?.tensor;
    if (tensor) return [constantOf(tensor)];
    const ints = intsAttribute(node, 'value_ints');
    if (ints) return [{ dims: [ints.length], values: ints }];
    if (node.attributes.some(({ name }) => name === 'value_int')) {
      return [{ dims: [], values: [intAttribute(node, 'value_int', 0)] }];
    }
    if (node.attributes.some(({ name }) => name === 'value_float')) return [{ dims: [], values: null }];
    const floats = node.attributes.find(({ name }) => name === 'value_floats')?.floats;
    return [floats ? { dims: [floats.length], values: null, floats } : UNKNOWN];
  }
  const inputs = node.inputs.map((name) => known.get(name) ?? UNKNOWN);
  return inferNode(node, inputs);
}

export function isStandard({ domain }: Pick<NodeProto, 'domain'>): boolean {
  return domain === '' || domain === 'ai.onnx';
}

function constantOf(tensor: TensorProto): Inferred {
  const type = elementTypeOf(tensor.dataType);
  const dims = [...tensor.dims];
  if (elementCount(tensor) > MOST_VALUES) return { dims, values: null };
  if (type === 'float32') return { dims, values: null, floats: [...floatsOf(tensor)] };
  return { dims, values: type === 'int64' || type === 'int32' ? integersOf(tensor) : null };
}
