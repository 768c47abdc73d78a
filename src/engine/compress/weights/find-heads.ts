import { isStandard } from '../../onnx/infer-shapes.ts';
import type { GraphProto, NodeProto } from '../../onnx/ir.ts';
import { capturedNames } from '../../onnx/scopes.ts';

/** Operators that mix what they read, so that errors before them spread and partly cancel. */
const MIXING = new Set(['Conv', 'ConvTranspose', 'Gemm', 'LSTM', 'GRU', 'RNN', 'MatMul']);

/**
 * The products of a graph behind which no other product stands: classifiers, and the heads of language models. Their errors reach
 * the outputs as they are.
 */
export function findHeads(graph: GraphProto): Set<NodeProto> {
  const leadsOn = new Set<string>();
  const heads = new Set<NodeProto>();
  for (const node of graph.nodes.toReversed()) {
    const isMixing = isStandard(node) && MIXING.has(node.opType);
    const isFollowed = node.outputs.some((name) => leadsOn.has(name));
    if (isMixing && !isFollowed) heads.add(node);
    if (isMixing || isFollowed) for (const name of [...node.inputs, ...capturedNames(node)]) leadsOn.add(name);
  }
  return heads;
}
