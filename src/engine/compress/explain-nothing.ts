/** Why a quantizing pass finds nothing to do. */
import { countText } from '#shared/text/number-text.ts';
import { indexGraph } from '../onnx/graph-index.ts';
import type { ModelProto } from '../onnx/ir.ts';
import { walkGraphs } from '../onnx/walk-model.ts';
import { productKindOf } from './checks/kernels.ts';
import { nodeLabel } from './node-label.ts';
import { explainSkipped, type Skipped } from './skipped.ts';

/**
 * Sentences behind one that refuses a model, a space before each: which operators are quantized already, by a step before or by whoever
 * made the file, and why others stay as they are.
 */
export function explainNothing(model: ModelProto, skipped: readonly Skipped[]): string {
  const quantized = new Set(findQuantized(model));
  const others = skipped.filter(({ name }) => !quantized.has(name));
  return `${quantizedText([...quantized])}${explainSkipped(others)}`;
}

function quantizedText(names: readonly string[]): string {
  if (names.length === 0) return '';
  return names.length === 1
    ? ` “${names[0]}” is quantized already.`
    : ` ${countText(names.length, 'operator')} are quantized already, “${names[0]}” among them.`;
}

/** Operators with integer weights, or with ones that are dequantized before them. */
function findQuantized(model: ModelProto): string[] {
  return [...walkGraphs(model)].flatMap((graph) => {
    const index = indexGraph(graph);
    const isQuantized = (node: (typeof graph.nodes)[number]): boolean => {
      if (node.opType === 'GatherBlockQuantized') return true;
      const kind = productKindOf(node);
      if (kind === 'integer' || kind === 'blocks') return true;
      return kind !== null && index.producerOf(node.inputs[1] ?? '')?.opType === 'DequantizeLinear';
    };
    return graph.nodes.filter(isQuantized).map(nodeLabel);
  });
}
