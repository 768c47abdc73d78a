/** What the operators of ONNX Runtime's optimized graphs compute, and in which numbers. Names: its ContribOperators.md and CPU kernels. */
import type { NodeProto } from '../../onnx/ir.ts';

/** Products of weights and activations, which most of the time and memory of a model goes to. */
export type ProductKind =
  | 'integer'
  /** Weights in blocks of few bits, unpacked while it computes. */
  | 'blocks'
  | 'float'
  /** Float, in the layout that ONNX Runtime's fastest convolutions on x86 want. */
  | 'float-blocked';

const INTEGER_PRODUCTS = new Set([
  'QLinearConv',
  'ConvInteger',
  'QLinearMatMul',
  'MatMulInteger',
  'MatMulInteger16',
  'MatMulIntegerToFloat',
  'DynamicQuantizeMatMul',
  'QGemm',
  'QAttention',
  'DynamicQuantizeLSTM',
]);
const BLOCK_PRODUCTS = new Set(['MatMulNBits', 'MatMulBnb4', 'QMoE']);
const FLOAT_PRODUCTS = new Set([
  'Conv',
  'FusedConv',
  'NhwcFusedConv',
  'ConvTranspose',
  'MatMul',
  'FusedMatMul',
  'Gemm',
  'FusedGemm',
  'LSTM',
  'GRU',
  'RNN',
  'Attention',
  'MultiHeadAttention',
  'GroupQueryAttention',
]);
const BLOCKED_LAYOUT_DOMAIN = 'com.microsoft.nchwc';
const BLOCKED_LAYOUT_SUFFIX = /_nchwc$/;
/** What the optimizer appends where a name is taken. */
const COPY_SUFFIX = /_token_\d+$/;

/** Null for what is no product. */
export function productKindOf({ opType, domain }: NodeProto): ProductKind | null {
  if (domain === BLOCKED_LAYOUT_DOMAIN) return opType === 'Conv' ? 'float-blocked' : null;
  if (INTEGER_PRODUCTS.has(opType)) return 'integer';
  if (BLOCK_PRODUCTS.has(opType)) return 'blocks';
  return FLOAT_PRODUCTS.has(opType) ? 'float' : null;
}

/** The name that the node had before it was optimized, as far as ONNX Runtime keeps it. */
export function subjectOf({ name, outputs, opType }: NodeProto): string {
  const known = name || outputs.find((output) => output !== '') || opType;
  return known.replace(BLOCKED_LAYOUT_SUFFIX, '').replace(COPY_SUFFIX, '');
}

/** `QLinearConv × 20, QGemm × 1`, most first. */
export function operatorCounts(nodes: readonly NodeProto[]): string {
  const groups = [...Map.groupBy(nodes, ({ opType }) => opType)].toSorted(([, a], [, b]) => b.length - a.length);
  return groups.map(([operator, group]) => `${operator} × ${group.length}`).join(', ');
}
