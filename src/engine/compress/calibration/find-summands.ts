import { textAttribute } from '../../onnx/attributes.ts';
import { indexGraph } from '../../onnx/graph-index.ts';
import { isStandard } from '../../onnx/infer-shapes.ts';
import type { GraphProto, NodeProto } from '../../onnx/ir.ts';

/**
 * Convolutions, by what they make, of which nobody knows but one addition to something that is computed too. ONNX Runtime lets such a
 * convolution add by itself, and no longer does so where its own result is looked at.
 */
export function findSummands(graph: GraphProto): Map<string, NodeProto> {
  const index = indexGraph(graph);
  const summands = new Map<string, NodeProto>();
  for (const node of graph.nodes) {
    const [output = ''] = node.outputs;
    if (!isStandard(node) || node.opType !== 'Conv' || index.isOutput(output)) continue;
    // With the others, padding depends on the strides.
    if (textAttribute(node, 'auto_pad', 'NOTSET') !== 'NOTSET') continue;
    const [next, ...others] = index.consumersOf(output);
    if (next?.opType !== 'Add' || others.length > 0) continue;
    if (next.inputs.every((name) => !index.constantOf(name))) summands.set(output, node);
  }
  return summands;
}
