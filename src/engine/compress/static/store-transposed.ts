/**
 * Weights of transposed convolutions as int8. ONNX Runtime has no integer kernel for these, and leaves a DequantizeLinear to every run; a Cast and
 * a product of constants it computes once, as it loads: the file is smaller, and time and memory stay what they were.
 */
import { createNamer } from '../../onnx/create-namer.ts';
import { deferTensors } from '../../onnx/deferred-tensors.ts';
import { elementCount } from '../../onnx/element-count.ts';
import { ELEMENT_TYPES } from '../../onnx/element-types.ts';
import { editGraph, type GraphEditor } from '../../onnx/graph-editor.ts';
import { isStandard } from '../../onnx/infer-shapes.ts';
import {
  createAttribute,
  createNode,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
} from '../../onnx/ir.ts';
import { snapshotOf, withFloats } from '../../onnx/tensor-contents.ts';
import { walkScopes } from '../../onnx/walk-scopes.ts';
import { reasonAgainstIntegers } from '../../onnx/weight-magnitudes.ts';
import { quantizeWeight } from '../quantize-weight.ts';

/** Below, what is added to the graph outweighs what is saved. */
const LEAST_ELEMENTS = 1024;
/** The second axis counts the outputs of each group. */
const OUTPUT_AXIS = 1;

/**
 * Of all graphs; a weight that anything else reads too stays, because it would be stored twice.
 * @returns the nodes whose weights became integers
 */
export function storeTransposed(model: ModelProto, isExcluded: (node: NodeProto) => boolean): Set<NodeProto> {
  const uniqueName = createNamer(model);
  const done = new Set<NodeProto>();
  walkScopes(model.graph as GraphProto, (graph, outer) => {
    const editor = editGraph(graph, uniqueName, outer);
    const isStorable = (tensor: TensorProto): boolean => {
      const readers = editor.consumersOf(tensor.name);
      const isOwn = readers.every((node) => readsAsWeight(node, tensor.name) && !isExcluded(node));
      return readers.length > 0 && isOwn && !editor.isOutput(tensor.name) && isWorthIt(tensor, editor);
    };
    for (const tensor of graph.initializers.filter(isStorable)) {
      for (const node of editor.consumersOf(tensor.name)) done.add(node);
      storeWeight(tensor, editor);
    }
    return editor;
  });
  return done;
}

const readsAsWeight = (node: NodeProto, name: string): boolean =>
  isStandard(node) && node.opType === 'ConvTranspose' && node.inputs.indexOf(name) === 1;

function isWorthIt(tensor: TensorProto, editor: GraphEditor): boolean {
  return (
    editor.constantOf(tensor.name) === tensor &&
    tensor.dataType === ELEMENT_TYPES.float32.code &&
    elementCount(tensor) >= LEAST_ELEMENTS &&
    reasonAgainstIntegers(tensor) === null
  );
}

function storeWeight(weight: TensorProto, editor: GraphEditor): void {
  const source = snapshotOf(weight);
  const { name, dims } = source;
  const scaleDims = dims.map((size, axis) => (axis === OUTPUT_AXIS ? size : 1));
  const about = { dims, axis: OUTPUT_AXIS, type: 'int8', isReduced: false } as const;
  const [integers = '', scales = ''] = deferTensors(
    [
      { name: editor.uniqueName(`${name}_quantized`), type: 'int8', dims },
      { name: editor.uniqueName(`${name}_scale`), type: 'float32', dims: scaleDims },
    ],
    () => {
      const { values, scales: chosen } = withFloats(source, (floats) => quantizeWeight(floats, about));
      return [values, chosen];
    },
  ).map(editor.addTensor);
  const whole = editor.uniqueName(`${name}_whole`);
  const scaled = editor.uniqueName(`${name}_scaled`);
  const to = createAttribute('to', BigInt(ELEMENT_TYPES.float32.code));
  editor.prepend(
    createNode({ opType: 'Cast', name: whole, inputs: [integers], outputs: [whole], attributes: [to] }),
    createNode({ opType: 'Mul', name: scaled, inputs: [whole, scales], outputs: [scaled] }),
  );
  editor.redirect(name, scaled);
  editor.removeUnused();
}
