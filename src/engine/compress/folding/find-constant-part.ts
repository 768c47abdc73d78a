/** The part of a model that is the same whatever its inputs are. */
import { constantValueOf } from '../../onnx/constant-value.ts';
import { type ElementType, elementTypeOf } from '../../onnx/element-types.ts';
import { inferDtypes, typesInside } from '../../onnx/infer-dtypes.ts';
import { inferShapes, isStandard } from '../../onnx/infer-shapes.ts';
import type { GraphProto, NodeProto, TensorProto } from '../../onnx/ir.ts';
import { product } from '../../onnx/shape-rule.ts';
import { contentByteLength, snapshotOf } from '../../onnx/tensor-contents.ts';
import { subgraphsOf } from '../../onnx/walk-model.ts';
import { isNumeric } from '../../runtime/tensor-values.ts';

/**
 * A tensor that is computed from constants only, and read by something that is not.
 * `sourceBytes`: of the weights it is computed from that nothing else reads.
 */
export type FoldableTensor = { flatName: string; graph: GraphProto; name: string; sourceBytes: number };

export type ConstantPart = {
  /** Of all graphs, with names of their own. */
  nodes: NodeProto[];
  weights: TensorProto[];
  tensors: FoldableTensor[];
};

/** They draw numbers, or undo a quantization that was meant; sequences and optionals are no tensors. */
const NEVER =
  /^(Random|Multinomial|Bernoulli|Dequantize|Dropout|Sequence|Optional|SplitToSequence|ConcatFromSequence|String|Regex|Tf)/;
/** What they make can be larger than a file should be. */
const GROWING = new Set([
  'ConstantOfShape',
  'Expand',
  'EyeLike',
  'OneHot',
  'Pad',
  'Range',
  'Resize',
  'Tile',
  'Upsample',
]);
const LARGEST_GROWN_ELEMENTS = 1024;

/** `inputs`: of the node that makes it. */
type Known = {
  flatName: string;
  dtype: ElementType | undefined;
  origin: { graph: GraphProto; name: string } | null;
  inputs: readonly Known[];
  sources: ReadonlyMap<string, number>;
};

/** @param graph the main graph of a model, sorted */
export function findConstantPart(graph: GraphProto): ConstantPart {
  const part: ConstantPart = { nodes: [], weights: [], tensors: [] };
  const needed = new Set<Known>();
  let count = 0;
  const flatNameOf = (name: string): string => `${(count += 1)}/${name}`;
  const need = (tensor: Known): void => {
    if (needed.has(tensor)) return;
    needed.add(tensor);
    // The model itself computes it as before, from what it is made of.
    if (!isHandedOver(tensor)) tensor.inputs.forEach(need);
  };
  const addWeight = (tensor: TensorProto, name: string): Known => {
    const flatName = flatNameOf(name);
    part.weights.push(Object.assign(snapshotOf(tensor), { name: flatName }));
    const dtype = elementTypeOf(tensor.dataType);
    return { flatName, dtype, origin: null, inputs: [], sources: new Map([[flatName, contentByteLength(tensor)]]) };
  };

  const visit = (
    own: GraphProto,
    outer: ReadonlyMap<string, Known>,
    outerDtypes: ReadonlyMap<string, ElementType>,
  ): void => {
    const known = new Map(outer);
    const dtypes = inferDtypes(own, outerDtypes);
    for (const { name } of own.initializers) known.delete(name);
    for (const tensor of own.initializers) known.set(tensor.name, addWeight(tensor, tensor.name));
    // Also a weight that is an input too: whoever runs the model may replace it.
    for (const { name } of own.inputs) known.delete(name);
    const shapes = inferShapes(own, { batchSize: 1 });
    for (const node of own.nodes) {
      for (const name of node.outputs) known.delete(name);
      const value = isStandard(node) && node.opType === 'Constant' ? constantValueOf(node) : undefined;
      const [output = ''] = node.outputs;
      const alias = isStandard(node) && node.opType === 'Identity' ? known.get(node.inputs[0] ?? '') : undefined;
      if (value || alias) {
        known.set(output, alias ?? addWeight(value as TensorProto, output));
      } else if (isFoldable(node, known, (name) => product(shapes.get(name)?.dims ?? [null]))) {
        const inputs = node.inputs.flatMap((name) => known.get(name) ?? []);
        const sources = new Map(inputs.flatMap((input) => [...input.sources]));
        const outputs = node.outputs.map((name) => (name === '' ? '' : flatNameOf(name)));
        part.nodes.push({
          ...node,
          name: '',
          inputs: node.inputs.map((name) => known.get(name)?.flatName ?? ''),
          outputs,
        });
        for (const [index, name] of node.outputs.entries()) {
          if (name === '') continue;
          const origin = { graph: own, name };
          known.set(name, { flatName: outputs[index] as string, dtype: dtypes.get(name), origin, inputs, sources });
        }
      } else {
        for (const name of node.inputs) if (known.has(name)) need(known.get(name) as Known);
        for (const inner of subgraphsOf(node)) visit(inner, known, typesInside(node, inner, dtypes));
      }
    }
    for (const { name } of own.outputs) if (known.has(name)) need(known.get(name) as Known);
  };
  visit(graph, new Map(), new Map());
  const readAsTheyAre = new Set([...needed].flatMap(({ origin, flatName }) => (origin ? [] : [flatName])));
  part.tensors = [...needed].filter(isHandedOver).flatMap(({ flatName, origin, sources }) => {
    const freed = [...sources].filter(([name]) => !readAsTheyAre.has(name));
    const sourceBytes = freed.reduce((sum, [, bytes]) => sum + bytes, 0);
    return origin ? [{ flatName, ...origin, sourceBytes }] : [];
  });
  return part;
}

/** ONNX Runtime’s interface for Node gives no int4, bfloat16 or float8, and ends the process when it is asked for the first. */
function isHandedOver({ dtype }: Known): boolean {
  return dtype !== undefined && isNumeric(dtype);
}

function isFoldable(
  node: NodeProto,
  known: ReadonlyMap<string, Known>,
  elementsOf: (name: string) => number | null,
): boolean {
  const inputs = node.inputs.filter((name) => name !== '');
  if (!isStandard(node) || node.opType === 'Constant' || NEVER.test(node.opType) || subgraphsOf(node).length > 0)
    return false;
  if (inputs.length === 0 || !inputs.every((name) => known.has(name))) return false;
  if (node.attributes.some(({ referenceName }) => referenceName !== '')) return false;
  if (!GROWING.has(node.opType)) return true;
  return node.outputs.every((name) => (elementsOf(name) ?? Infinity) <= LARGEST_GROWN_ELEMENTS);
}
