/**
 * Means over whole images are written as GlobalAveragePool, for which ONNX Runtime has a kernel in integers; for ReduceMean, as exporters of Keras, and of
 * PyTorch for `x.mean([2, 3])`, write them, it has none.
 */
import { intAttribute, intsAttribute } from '../../onnx/attributes.ts';
import { createNamer } from '../../onnx/create-namer.ts';
import { editGraph, type GraphEditor } from '../../onnx/graph-editor.ts';
import { inferDtypes } from '../../onnx/infer-dtypes.ts';
import { inferShapes, isStandard } from '../../onnx/infer-shapes.ts';
import { createAttribute, createNode, type GraphProto, type ModelProto, type NodeProto } from '../../onnx/ir.ts';
import { integersOf } from '../../onnx/tensor-contents.ts';

/** Items, channels, rows, columns. */
const IMAGE_RANK = 4;

/** Of the main graph, and of float32; also where the channels of an image were brought to the end before. */
export function rewriteMeans(model: ModelProto, isExcluded: (node: NodeProto) => boolean = () => false): void {
  const graph = model.graph as GraphProto;
  const editor = editGraph(graph, createNamer(model));
  const dtypes = inferDtypes(graph);
  const shapes = inferShapes(graph, { batchSize: null });
  for (const node of graph.nodes) {
    const [input = ''] = node.inputs;
    const [output = ''] = node.outputs;
    if (!isStandard(node) || node.opType !== 'ReduceMean' || isExcluded(node)) continue;
    if (dtypes.get(output) !== 'float32' || shapes.get(input)?.dims?.length !== IMAGE_RANK) continue;
    const keepsAxes = intAttribute(node, 'keepdims', 1) === 1;
    const image = imageOf(node, editor, keepsAxes);
    if (image === null) continue;
    if (keepsAxes) {
      editor.update(node, { opType: 'GlobalAveragePool', inputs: [image], attributes: [] });
      continue;
    }
    const mean = editor.uniqueName(`${output}_pooled`);
    const flat = createNode({
      opType: 'Flatten',
      name: `${node.name}_flatten`,
      inputs: [mean],
      outputs: [output],
      attributes: [createAttribute('axis', 1n)],
    });
    editor.replace(
      node,
      createNode({ opType: 'GlobalAveragePool', name: node.name, inputs: [image], outputs: [mean] }),
      flat,
    );
  }
  editor.removeUnused();
}

/** The tensor [items, channels, rows, columns] whose rows and columns the node takes the mean over; null where it takes another. */
function imageOf(node: NodeProto, editor: GraphEditor, keepsAxes: boolean): string | null {
  const [input = '', axesName = ''] = node.inputs;
  const tensor = axesName === '' ? undefined : editor.constantOf(axesName);
  const axes = (tensor ? integersOf(tensor) : (intsAttribute(node, 'axes') ?? []))
    .map((axis) => (axis < 0 ? axis + IMAGE_RANK : axis))
    .toSorted((a, b) => a - b)
    .join();
  if (axes === '2,3') return input;
  const producer = editor.producerOf(input);
  const isChannelsLast =
    producer?.opType === 'Transpose' && isStandard(producer) && intsAttribute(producer, 'perm')?.join() === '0,2,3,1';
  return axes === '1,2' && isChannelsLast && !keepsAxes ? (producer.inputs[0] ?? null) : null;
}
