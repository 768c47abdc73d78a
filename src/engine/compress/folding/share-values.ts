import { createHash } from 'node:crypto';
import { type GraphEditor, editGraph } from '../../onnx/graph-editor.ts';
import type { GraphProto, TensorProto } from '../../onnx/ir.ts';
import { rawBytesOf } from '../../onnx/tensor-contents.ts';

export type FoldedValue = { graph: GraphProto; value: TensorProto };

/**
 * Weights of subgraphs that are the same are kept once, around them: branches that compute the same from a weight outside of them would
 * otherwise each have a copy.
 * @param values initializers of their graphs
 */
export function shareValues(values: readonly FoldedValue[], main: GraphEditor): void {
  const keyOf = ({ value }: FoldedValue): string =>
    [value.dataType, value.dims.join('x'), createHash('sha256').update(rawBytesOf(value)).digest('hex')].join();
  for (const same of Map.groupBy(values, keyOf).values()) {
    const [first, ...others] = same as [FoldedValue, ...FoldedValue[]];
    if (others.length === 0) continue;
    const shared = main.addTensor({ ...first.value, name: main.uniqueName(first.value.name) });
    for (const { graph, value } of same) {
      editGraph(graph, main.uniqueName).redirect(value.name, shared);
    }
    for (const { graph, value } of same) graph.initializers = graph.initializers.filter((tensor) => tensor !== value);
  }
}
