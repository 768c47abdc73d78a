import { intAttribute } from './attributes.ts';
import { macsOf } from './count-macs.ts';
import { inferShapes } from './infer-shapes.ts';
import type { GraphProto, NodeProto } from './ir.ts';
import { product } from './shape-rule.ts';

/** For heights and widths that a file leaves open; what is asked for hardly depends on it. */
const ASSUMED_SIZE = 224;

/**
 * Multiply-accumulates of all that is no depthwise convolution, for each value that a depthwise convolution gives, in the main graph at batch 1.
 * @returns null without depthwise convolutions, or when a shape is not known
 */
export function macsPerDepthwiseOutput(graph: GraphProto): number | null {
  if (!graph.nodes.some(isDepthwise)) return null;
  const inputs = new Map(
    graph.inputs.flatMap(({ name, type }) => {
      const dims = type?.tensor?.shape?.dimensions;
      return dims
        ? [[name, dims.map(({ value }, axis) => (value && value > 0 ? value : axis === 0 ? 1 : ASSUMED_SIZE))] as const]
        : [];
    }),
  );
  const known = inferShapes(graph, { batchSize: 1, inputs });
  let [macs, outputs] = [0, 0];
  for (const node of graph.nodes) {
    const count = isDepthwise(node) ? product(known.get(node.outputs[0] ?? '')?.dims ?? [null]) : macsOf(node, known);
    if (count === null) return null;
    if (isDepthwise(node)) outputs += count;
    else macs += count;
  }
  return outputs === 0 ? null : macs / outputs;
}

/** ONNX Runtime's integer kernels treat all convolutions in groups alike. */
function isDepthwise(node: NodeProto): boolean {
  return node.opType === 'Conv' && intAttribute(node, 'group', 1) > 1;
}
