import type { ModelProto, NodeProto } from '../../onnx/ir.ts';
import { entryOf } from '../../onnx/entry-of.ts';
import { walkNodes } from '../../onnx/walk-model.ts';
import { nodeLabel } from '../node-label.ts';
import type { Skipped } from '../skipped.ts';

/** Layers with weights for which ONNX Runtime's CPU provider has no kernel that computes in integers of fixed ranges, and the way out. */
const REASONS: Readonly<Record<string, string>> = {
  LSTM: 'ONNX Runtime has no LSTM with fixed ranges. The step quantize-dynamic takes it; put it after this one',
  Attention:
    'ONNX Runtime has no Attention with fixed ranges. The step quantize-dynamic takes it; put it after this one',
  GRU: 'ONNX Runtime has no GRU in integers. To make its weights smaller, try float16 or bfloat16',
  RNN: 'ONNX Runtime has no RNN in integers. To make its weights smaller, try float16 or bfloat16',
  ConvTranspose:
    'ONNX Runtime has no transposed convolution in integers. Set transposedConvolutions to int8 to keep its weights in 8 bits',
};

/**
 * Of all graphs of the model.
 * @param stored nodes whose weights are kept in integers all the same
 */
export function findWithoutKernel(model: ModelProto, stored: ReadonlySet<NodeProto> = new Set()): Skipped[] {
  return [...walkNodes(model)].flatMap((node) => {
    if (stored.has(node)) return [];
    const reason = entryOf(REASONS, node.opType);
    return reason === undefined ? [] : [{ name: nodeLabel(node), reason }];
  });
}
