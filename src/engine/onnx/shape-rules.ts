/** One rule for each operator whose output shapes are known. A rule may give up: then its outputs are unknown. */
import { broadcast, broadcastAll, cast, likeFirst, passValues } from './elementwise-shapes.ts';
import { entryOf } from './entry-of.ts';
import type { Inferred } from './infer-shapes.ts';
import type { NodeProto } from './ir.ts';
import {
  concat,
  constantOfShape,
  expand,
  flatten,
  reshape,
  shapeOf,
  squeeze,
  transpose,
  unsqueeze,
} from './layout-shapes.ts';
import { gemm, matMul, matMulNBits, reduce } from './product-shapes.ts';
import { resize } from './resize-shapes.ts';
import { gather, pad, slice, split } from './selection-shapes.ts';
import { type Rule, shaped, unknown } from './shape-rule.ts';
import { convolution, convTranspose, globalPool, pool } from './window-shapes.ts';

export function inferNode(node: NodeProto, inputs: readonly Inferred[]): Inferred[] {
  return entryOf(rules, node.opType)?.(node, inputs) ?? [];
}

const dynamicQuantize: Rule = (_node, [input = unknown]) => [shaped(input.dims), shaped([]), shaped([])];

const forEach = (names: string, rule: Rule): Record<string, Rule> =>
  Object.fromEntries(names.split(' ').map((name) => [name, rule]));

const rules: Record<string, Rule> = {
  Identity: passValues,
  Cast: cast,
  ...forEach(
    'Relu LeakyRelu ThresholdedRelu PRelu Elu Selu Celu Gelu QuickGelu FastGelu BiasGelu Sigmoid HardSigmoid HardSwish Swish Mish Tanh Erf Exp Log Sqrt Reciprocal Abs Neg Floor Ceil Round Sign Softplus Softsign Sin Cos Tan Atan Clip Dropout Not IsNaN IsInf',
    likeFirst,
  ),
  ...forEach(
    'Softmax LogSoftmax Hardmax BatchNormalization InstanceNormalization LayerNormalization GroupNormalization SimplifiedLayerNormalization RMSNormalization LpNormalization MeanVarianceNormalization LRN CumSum Trilu QuantizeLinear DequantizeLinear CastLike',
    likeFirst,
  ),
  ...forEach('Add Sub Mul Div Pow Mod And Or Xor Equal Less Greater LessOrEqual GreaterOrEqual', broadcast),
  ...forEach('Sum Mean Max Min Where', broadcastAll),
  ...forEach(
    'ReduceMean ReduceSum ReduceSumSquare ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp',
    reduce,
  ),
  ...forEach('Conv ConvInteger', convolution(1)),
  QLinearConv: convolution(3),
  ConvTranspose: convTranspose,
  ...forEach('MaxPool AveragePool LpPool', pool),
  ...forEach('GlobalAveragePool GlobalMaxPool GlobalLpPool', globalPool),
  ...forEach('MatMul MatMulInteger', matMul(1)),
  QLinearMatMul: matMul(3),
  Gemm: gemm,
  MatMulNBits: matMulNBits,
  Flatten: flatten,
  Reshape: reshape,
  Transpose: transpose,
  Concat: concat,
  Shape: shapeOf,
  Gather: gather,
  Unsqueeze: unsqueeze,
  Squeeze: squeeze,
  Slice: slice,
  Split: split,
  Expand: expand,
  ConstantOfShape: constantOfShape,
  Pad: pad,
  ...forEach('Resize Upsample', resize),
  DynamicQuantizeLinear: dynamicQuantize,
};
