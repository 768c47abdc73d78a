/**
 * Element types of what operators give, by their schemas: https://onnx.ai/onnx/operators/ up to opset 28, and those of `com.microsoft` in
 * ONNX Runtime 1.30 (docs/ContribOperators.md). Operators with subgraphs and sequences: `infer-dtypes.ts`.
 */
import { intAttribute } from './attributes.ts';
import { ELEMENT_TYPES, type ElementType, elementTypeOf } from './element-types.ts';
import { entryOf } from './entry-of.ts';
import type { NodeProto } from './ir.ts';
import { isStandard } from './infer-shapes.ts';

export type MaybeDtype = ElementType | undefined;
type Rule = (node: NodeProto, inputs: readonly MaybeDtype[]) => MaybeDtype[];
/** Of an output: the type of this input, or always this one. Undefined: neither tells. */
type Source = number | ElementType | undefined;

/** @param inputs undefined where a type is not known */
export function outputDtypes(node: NodeProto, inputs: readonly MaybeDtype[]): MaybeDtype[] {
  if (node.domain === MICROSOFT) return entryOf(microsoftRules, node.opType)?.(node, inputs) ?? [];
  // Operators of other domains may give anything.
  if (!isStandard(node)) return [];
  return (entryOf(standardRules, node.opType) ?? likeInput(0))(node, inputs);
}

const MICROSOFT = 'com.microsoft';

const typeOf = (source: Source, inputs: readonly MaybeDtype[]): MaybeDtype =>
  typeof source === 'number' ? inputs[source] : source;
/** All outputs, however many there are. */
const likeInput =
  (index: number): Rule =>
  (node, inputs) =>
    node.outputs.map(() => inputs[index]);
const each =
  (...sources: Source[]): Rule =>
  (_node, inputs) =>
    sources.map((source) => typeOf(source, inputs));
const byAttribute =
  (name: string, otherwise: Source): Rule =>
  (node, inputs) => {
    const code = intAttribute(node, name, 0);
    return [code === 0 ? typeOf(otherwise, inputs) : elementTypeOf(code)];
  };
/** Means and deviations are kept in the type in which they are computed. */
const normalized =
  (output: number, keptCount: number): Rule =>
  (node, inputs) => {
    const stashed = elementTypeOf(intAttribute(node, 'stash_type', ELEMENT_TYPES.float32.code));
    return [inputs[output], ...Array.from({ length: keptCount }, () => stashed)];
  };
/** Older versions have two outputs more, of the same type. */
const batchNormalized: Rule = ({ outputs }, inputs) => outputs.map((_, index) => inputs[index === 0 ? 0 : 3]);
/** A zero point decides, also one whose type is not known. */
const quantized: Rule = (node, inputs) => byAttribute('output_dtype', node.inputs[2] ? 2 : 'uint8')(node, inputs);
/** What has nothing but exponents is for scales only: the result has to be named. */
const dequantized: Rule = (node, inputs) =>
  byAttribute('output_dtype', inputs[1] === 'float8e8m0' ? undefined : 1)(node, inputs);
const constant: Rule = (node) => {
  for (const { name, tensor, sparseTensor } of node.attributes) {
    if (name === 'value' && tensor) return [elementTypeOf(tensor.dataType)];
    if (name === 'sparse_value' && sparseTensor?.values) return [elementTypeOf(sparseTensor.values.dataType)];
    if (name === 'value_float' || name === 'value_floats') return ['float32'];
    if (name === 'value_int' || name === 'value_ints') return ['int64'];
    if (name === 'value_string' || name === 'value_strings') return ['string'];
  }
  return [];
};
const constantOfShape: Rule = ({ attributes }) => [
  elementTypeOf(attributes.find(({ name }) => name === 'value')?.tensor?.dataType ?? ELEMENT_TYPES.float32.code),
];

const forEach = (names: string, rule: Rule): Record<string, Rule> =>
  Object.fromEntries(names.split(' ').map((name) => [name, rule]));

/** Those that are not listed give the type of their first input. */
const standardRules: Record<string, Rule> = {
  ...forEach('Shape Size NonZero ArgMax ArgMin NonMaxSuppression', each('int64')),
  ...forEach('Equal Less Greater LessOrEqual GreaterOrEqual And Or Xor Not IsNaN IsInf RegexFullMatch', each('bool')),
  ...forEach('ConvInteger MatMulInteger', each('int32')),
  TfIdfVectorizer: each('float32'),
  ...forEach('MelWeightMatrix HannWindow HammingWindow BlackmanWindow', byAttribute('output_datatype', 'float32')),
  ...forEach('RandomNormal RandomUniform', byAttribute('dtype', 'float32')),
  ...forEach('RandomNormalLike RandomUniformLike EyeLike Bernoulli', byAttribute('dtype', 0)),
  Multinomial: byAttribute('dtype', 'int32'),
  Constant: constant,
  ConstantOfShape: constantOfShape,
  LayerNormalization: normalized(0, 2),
  RMSNormalization: likeInput(1),
  // ONNX Runtime's own, under the name of the standard.
  SimplifiedLayerNormalization: normalized(1, 1),
  BatchNormalization: batchNormalized,
  Attention: each(0, 0, 2, 0),
  // A state that is not given may be of another type than the values.
  LinearAttention: each(0, 3),
  StringSplit: each('string', 'int64'),
  ...forEach('Cast BitCast', byAttribute('to', 0)),
  CastLike: likeInput(1),
  Where: likeInput(1),
  OneHot: likeInput(2),
  TopK: each(0, 'int64'),
  Unique: each(0, 'int64', 'int64', 'int64'),
  MaxPool: each(0, 'int64'),
  // Before opset 10 a mask was of the type of the values: whoever reads one there is not raised, and so not changed.
  Dropout: each(0, 'bool'),
  DynamicQuantizeLinear: each('uint8', 'float32', 'uint8'),
  QuantizeLinear: quantized,
  DequantizeLinear: dequantized,
  QLinearConv: likeInput(7),
  QLinearMatMul: likeInput(7),
};

/** Those that are not listed may give anything. */
const microsoftRules: Record<string, Rule> = {
  ...forEach(
    'FusedMatMul FusedMatMulActivation TransposeMatMul FusedConv NhwcFusedConv NhwcConv FusedGemm GemmFastGelu MatMulNBits MatMulBnb4 MatMulFpQ4 DynamicQuantizeMatMul DynamicQuantizeLSTM',
    likeInput(0),
  ),
  ...forEach(
    'Gelu QuickGelu FastGelu BiasGelu BiasSplitGelu BiasAdd BiasSoftmax GroupNorm SkipGroupNorm',
    likeInput(0),
  ),
  ...forEach('Attention DecoderMaskedSelfAttention PackedAttention PackedMultiHeadAttention', likeInput(0)),
  ...forEach('SparseAttention LongformerAttention RotaryEmbedding MoE QMoE', likeInput(0)),
  ...forEach('NhwcMaxPool MaxpoolWithMask Pad Range Trilu Inverse ExpandDims GatherND CropAndResize', likeInput(0)),
  ...forEach('QLinearAdd QLinearMul QLinearLeakyRelu QLinearSigmoid QLinearSoftmax QLinearReduceMean', likeInput(0)),
  ...forEach('QLinearAveragePool QLinearGlobalAveragePool', likeInput(0)),
  ...forEach('QLinearConcat QLinearWhere', likeInput(1)),
  ...forEach('MultiHeadAttention DecoderMaskedMultiHeadAttention', each(0, 0, 0, undefined)),
  GroupQueryAttention: each(0, 3, 3, 0),
  QAttention: likeInput(2),
  ...forEach('SkipLayerNormalization SkipSimplifiedLayerNormalization', each(0, 'float32', 'float32', 0)),
  EmbedLayerNormalization: each(2, 'int32', 2),
  ...forEach('GatherBlockQuantized MatMulIntegerToFloat', likeInput(2)),
  Unique: each(0, 'int64', 'int64'),
  QLinearConv: likeInput(7),
  QuantizeLinear: quantized,
  DequantizeLinear: dequantized,
};
