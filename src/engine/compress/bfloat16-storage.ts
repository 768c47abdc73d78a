/**
 * Weights as bfloat16 with a Cast to float32 behind each, under the weight's own name: whoever reads it, in whichever subgraph, takes
 * no notice. ONNX Runtime computes the casts once, when it loads the model.
 */
import { LARGEST_BFLOAT16, encodeBfloat16 } from '../onnx/bfloat16.ts';
import { findAttribute, intAttribute } from '../onnx/attributes.ts';
import { convertTensor } from '../onnx/deferred-tensors.ts';
import { editGraph } from '../onnx/graph-editor.ts';
import { ELEMENT_TYPES, type ElementType, elementTypeOf } from '../onnx/element-types.ts';
import { isStandard } from '../onnx/infer-shapes.ts';
import { createAttribute, createNode, type GraphProto, type NodeProto, type TensorProto } from '../onnx/ir.ts';
import { elementCount } from '../onnx/element-count.ts';
import { floatPiecesOf } from '../onnx/tensor-contents.ts';
import { walkGraph } from '../onnx/walk-model.ts';
import type { Skipped } from './skipped.ts';

const FULL = ELEMENT_TYPES.float32.code;

/** @returns how many weights were converted, and which were left alone although they are large enough */
export function storeAsBfloat16(
  graph: GraphProto,
  { minimumElements, uniqueName }: { minimumElements: number; uniqueName: (wish: string) => string },
): { count: number; skipped: Skipped[] } {
  const editor = editGraph(graph, uniqueName);
  const skipped: Skipped[] = [];
  const exact = namesInIntegers(graph);
  const inputs = new Set(graph.inputs.map(({ name }) => name));
  const isLarge = (tensor: TensorProto): boolean => tensor.dataType === FULL && elementCount(tensor) >= minimumElements;
  const casts: NodeProto[] = [];
  const castOf = (tensor: TensorProto, output: string): NodeProto =>
    createNode({
      opType: 'Cast',
      name: uniqueName(`${output}_cast`),
      inputs: [editor.addTensor(convertTensor(uniqueName(`${output}_bfloat16`), 'bfloat16', tensor, encodeBfloat16))],
      outputs: [output],
      attributes: [createAttribute('to', BigInt(FULL))],
    });
  const reasonFor = (tensor: TensorProto, name: string): string | null => {
    if (inputs.has(name)) return 'whoever runs the model may replace it';
    if (exact.has(name)) return 'it belongs to quantized operators';
    return isTooLarge(tensor) ? 'it would round to infinity' : null;
  };

  for (const tensor of graph.initializers.filter(isLarge)) {
    const reason = reasonFor(tensor, tensor.name);
    if (reason === null) casts.push(castOf(tensor, tensor.name));
    else skipped.push({ name: tensor.name, reason });
  }
  const replaced = new Set(casts.map(({ outputs }) => outputs[0]));
  graph.initializers = graph.initializers.filter(({ name }) => !replaced.has(name));
  for (const node of graph.nodes) {
    const tensor = node.opType === 'Constant' && isStandard(node) ? findAttribute(node, 'value')?.tensor : undefined;
    const [output = ''] = node.outputs;
    if (!tensor || !isLarge(tensor)) continue;
    const reason = reasonFor(tensor, output);
    if (reason !== null) {
      skipped.push({ name: output, reason });
      continue;
    }
    const cast = castOf(tensor, output);
    editor.replace(node, cast);
    replaced.add(output);
  }
  editor.prepend(...casts);
  return { count: replaced.size, skipped };
}

/**
 * What operators in integers read, scales among it, in the graph and those inside of its nodes: half a percent of a scale is half a percent of
 * all that it stands for.
 */
function namesInIntegers(graph: GraphProto): Set<string> {
  const parts = [...walkGraph(graph)];
  const nodes = parts.flatMap((part) => part.nodes);
  const narrow = new Set(parts.flatMap(({ initializers }) => initializers.filter(isNarrow).map(({ name }) => name)));
  const measured = new Set(nodes.flatMap(({ opType, outputs }) => (opType === 'DynamicQuantizeLinear' ? outputs : [])));
  // A Mul of the scale that was measured by that of the weight, before MatMulInteger or ConvInteger is scaled back.
  const joinsScales = ({ opType, inputs }: NodeProto): boolean =>
    opType === 'Mul' && inputs.some((name) => measured.has(name));
  return new Set(nodes.flatMap((node) => (isInIntegers(node, narrow) || joinsScales(node) ? node.inputs : [])));
}

/** In 4 bits and less the integers err so much more that a rounded scale is not to be seen; scales are a fifth of such a weight. */
function isInIntegers(node: NodeProto, narrow: ReadonlySet<string>): boolean {
  if (node.opType === 'MatMulNBits' || node.opType === 'GatherBlockQuantized') return intAttribute(node, 'bits', 4) > 4;
  if (node.opType === 'DequantizeLinear') return !narrow.has(node.inputs[0] ?? '');
  return /Quantize|Integer|^Q[A-Z]/.test(node.opType);
}

const NARROW: ReadonlySet<ElementType | undefined> = new Set(['int4', 'uint4', 'int2', 'uint2']);
const isNarrow = ({ dataType }: TensorProto): boolean => NARROW.has(elementTypeOf(dataType));

function isTooLarge(tensor: TensorProto): boolean {
  for (const values of floatPiecesOf(tensor)) {
    for (const value of values) {
      const magnitude = Math.abs(value);
      if (magnitude > LARGEST_BFLOAT16 && magnitude !== Infinity) return true;
    }
  }
  return false;
}
