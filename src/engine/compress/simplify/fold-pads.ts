/**
 * Zeros that a Pad puts around an image become padding of the convolutions that read it, as exporters of Keras and TensorFlow write them apart. ONNX Runtime
 * joins the two in float32, and not between integers, for which it has no Pad.
 */
import { findAttribute, floatAttribute, intsAttribute, textAttribute } from '../../onnx/attributes.ts';
import { createNamer } from '../../onnx/create-namer.ts';
import { editGraph, type GraphEditor } from '../../onnx/graph-editor.ts';
import { isStandard } from '../../onnx/infer-shapes.ts';
import { createAttribute, type GraphProto, type ModelProto, type NodeProto } from '../../onnx/ir.ts';
import { floatsOf, integersOf, requireElementType } from '../../onnx/tensor-contents.ts';
import { walkScopes } from '../../onnx/walk-scopes.ts';

/** Axes before those of the image: items and channels. */
const OUTER_AXES = 2;

/** @param isExcluded nodes that stay as they are, and what is padded before them */
export function foldPads(model: ModelProto, isExcluded: (node: NodeProto) => boolean = () => false): void {
  const uniqueName = createNamer(model);
  walkScopes(model.graph as GraphProto, (graph, outer) => {
    const editor = editGraph(graph, uniqueName, outer);
    for (const node of graph.nodes) {
      if (!isStandard(node) || node.opType !== 'Pad' || isExcluded(node)) continue;
      const [output = ''] = node.outputs;
      const pads = zerosAround(node, editor);
      const readers = editor.consumersOf(output);
      const takes = (reader: NodeProto): boolean =>
        isStandard(reader) &&
        reader.opType === 'Conv' &&
        reader.inputs.indexOf(output) === 0 &&
        textAttribute(reader, 'auto_pad', 'NOTSET') === 'NOTSET' &&
        !isExcluded(reader);
      if (!pads || readers.length === 0 || editor.isOutput(output) || !readers.every(takes)) continue;
      for (const reader of readers) addPads(reader, pads, editor);
      editor.bypass(node);
    }
    editor.removeUnused();
    return editor;
  });
}

/** For the axes of the image as Conv has them: all before, then all behind. Null for what is no padding by zeros of only those. */
function zerosAround(node: NodeProto, editor: GraphEditor): number[] | null {
  const [, padsName = '', valueName = '', axesName = ''] = node.inputs;
  if (textAttribute(node, 'mode', 'constant') !== 'constant' || axesName !== '') return null;
  const value = valueName === '' ? undefined : editor.constantOf(valueName);
  if (valueName !== '' && (!value || requireElementType(value) !== 'float32' || floatsOf(value)[0] !== 0)) return null;
  if (floatAttribute(node, 'value', 0) !== 0) return null;
  const tensor = editor.constantOf(padsName);
  // Before opset 11 they are an attribute.
  const pads = tensor ? integersOf(tensor) : (intsAttribute(node, 'pads') ?? []);
  const rank = pads.length / 2;
  const isOuter = (index: number): boolean => index % rank < OUTER_AXES;
  const isPossible = rank > OUTER_AXES && pads.every((size, index) => (isOuter(index) ? size === 0 : size >= 0));
  return isPossible ? pads.filter((_, index) => !isOuter(index)) : null;
}

function addPads(node: NodeProto, pads: readonly number[], editor: GraphEditor): void {
  const own = intsAttribute(node, 'pads') ?? pads.map(() => 0);
  const sums = pads.map((size, index) => BigInt(size + (own[index] ?? 0)));
  const others = node.attributes.filter((attribute) => attribute !== findAttribute(node, 'pads'));
  editor.update(node, { attributes: [...others, createAttribute('pads', sums)] });
}
