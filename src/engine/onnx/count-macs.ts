/** Multiply-accumulates of one inference. */
import { intAttribute } from './attributes.ts';
import { entryOf } from './entry-of.ts';
import { inferShapes, type Inferred, UNKNOWN } from './infer-shapes.ts';
import type { GraphProto, NodeProto } from './ir.ts';
import { product } from './shape-rule.ts';
import { subgraphsOf } from './walk-model.ts';

type Count = (node: NodeProto, inputs: readonly Inferred[], outputs: readonly Inferred[]) => number | null;

/** Each output element sums over the weight's elements of one output channel. */
const convolution =
  (weightIndex: number): Count =>
  (_node, inputs, [output]) => {
    const weight = inputs[weightIndex]?.dims;
    if (!weight || !output?.dims) return null;
    return multiply(product(output.dims), product(weight.slice(1)));
  };

const convTranspose: Count = (_node, [input, weight]) =>
  input?.dims && weight?.dims ? multiply(product(input.dims), product(weight.dims.slice(1))) : null;

const matMul: Count = (_node, [a], [output]) =>
  a?.dims && output?.dims ? multiply(product(output.dims), a.dims.at(-1) ?? null) : null;

const gemm: Count = (node, [a], [output]) =>
  a?.dims && output?.dims
    ? multiply(product(output.dims), a.dims[intAttribute(node, 'transA', 0) === 1 ? 0 : 1] ?? null)
    : null;

const counts: Record<string, Count> = {
  Conv: convolution(1),
  ConvInteger: convolution(1),
  QLinearConv: convolution(3),
  FusedConv: convolution(1),
  ConvTranspose: convTranspose,
  MatMul: matMul,
  MatMulInteger: matMul,
  QLinearMatMul: matMul,
  MatMulNBits: matMul,
  FusedMatMul: matMul,
  Gemm: gemm,
  QGemm: gemm,
  FusedGemm: gemm,
};

/** Operators that multiply, but whose sums this reader does not count. */
const UNCOUNTED = new Set([
  'LSTM',
  'GRU',
  'RNN',
  'Attention',
  'MultiHeadAttention',
  'GroupQueryAttention',
  'Einsum',
  'DeformConv',
]);

/**
 * Multiply-accumulates of convolutions and matrix products at batch 1; additions, activations and normalizations are not
 * counted, as usual in the field.
 * @returns null when a shape is not known, or when an operator multiplies in a way that is not counted here
 */
export function countMacs(graph: GraphProto): number | null {
  const known = inferShapes(graph, { batchSize: 1 });
  let total = 0;
  for (const node of graph.nodes) {
    if (UNCOUNTED.has(node.opType)) return null;
    // Which branch runs, and how often, depends on the data.
    if (
      subgraphsOf(node).some((inner) =>
        inner.nodes.some(({ opType }) => entryOf(counts, opType) !== undefined || UNCOUNTED.has(opType)),
      )
    )
      return null;
    const macs = macsOf(node, known);
    if (macs === null) return null;
    total += macs;
  }
  return total;
}

/** Those of one node; null when a shape is not known, 0 where it does not multiply or is not counted. */
export function macsOf(node: NodeProto, known: ReadonlyMap<string, Inferred>): number | null {
  const of = (names: readonly string[]): Inferred[] => names.map((name) => known.get(name) ?? UNKNOWN);
  const count = entryOf(counts, node.opType);
  return count ? count(node, of(node.inputs), of(node.outputs)) : 0;
}

function multiply(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a * b;
}
