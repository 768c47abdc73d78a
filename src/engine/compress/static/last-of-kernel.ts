import type { GraphIndex } from '../../onnx/graph-index.ts';
import { isStandard } from '../../onnx/infer-shapes.ts';
import type { NodeProto } from '../../onnx/ir.ts';

/** Part of the integer kernel before them, because clipping to the range does the same. */
const ABSORBED = new Set(['Relu', 'Clip']);

/** The output of the node, or of the activation that its kernel takes in. */
export function lastOfKernel(node: NodeProto, index: GraphIndex): string {
  const output = node.outputs[0] ?? '';
  const [next, ...others] = index.consumersOf(output);
  if (next === undefined || others.length > 0 || index.isOutput(output)) return output;
  return isStandard(next) && ABSORBED.has(next.opType) && next.inputs[0] === output
    ? (next.outputs[0] ?? output)
    : output;
}
