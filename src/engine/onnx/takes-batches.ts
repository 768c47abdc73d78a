import { intAttribute } from './attributes.ts';
import { inferShapes, type Inferred, isStandard } from './infer-shapes.ts';
import type { GraphProto, NodeProto } from './ir.ts';

/**
 * Whether the model can be run on several items at once where its inputs leave the batch open. Many exporters declare an open batch and
 * write the one that they saw into a Reshape, so that the model runs on single items only.
 * @param graph the main graph
 * @returns true as well where the shapes do not tell
 */
export function takesBatches(graph: GraphProto): boolean {
  const ofTwo = inferShapes(graph, { batchSize: 2 });
  return !graph.nodes.some((node) => isStandard(node) && contradicts(node, ofTwo));
}

function contradicts(node: NodeProto, known: ReadonlyMap<string, Inferred>): boolean {
  const sizesOf = (name = ''): readonly number[] | null => {
    const dims = known.get(name)?.dims;
    return dims?.every((size) => Number.isInteger(size)) ? (dims as number[]) : null;
  };
  const first = sizesOf(node.inputs[0]);
  switch (node.opType) {
    case 'Reshape': {
      const result = sizesOf(node.outputs[0]);
      return first !== null && result !== null && product(first) !== product(result);
    }
    case 'MatMul':
    case 'Gemm': {
      const second = sizesOf(node.inputs[1]);
      if (!first || !second || first.length < 2 || second.length < 2) return false;
      const taken = first.at(intAttribute(node, 'transA', 0) === 1 ? -2 : -1);
      return taken !== second.at(intAttribute(node, 'transB', 0) === 1 ? -1 : -2);
    }
    default:
      return false;
  }
}

const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1);
