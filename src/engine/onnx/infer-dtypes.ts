/**
 * Element types of the tensors of a graph, by the rules of the operators. Most give the type of their first input; the others
 * are listed here. What cannot be told is left out.
 * Source: https://onnx.ai/onnx/operators/
 */
import { intAttribute } from './attributes.ts';
import { ELEMENT_TYPES, type ElementType, elementTypeOf } from './element-types.ts';
import { entryOf } from './entry-of.ts';
import type { GraphProto, NodeProto } from './ir.ts';
import { isStandard } from './infer-shapes.ts';
import { subgraphsOf } from './walk-model.ts';

const STASHED = 'stashed';

type Dtypes = Map<string, ElementType>;
type Rule = (
  node: NodeProto,
  inputs: readonly (ElementType | undefined)[],
  outer: Dtypes,
) => (ElementType | undefined)[];

/** @param outer of a subgraph: `typesInside` of its node */
export function inferDtypes(graph: GraphProto, outer?: ReadonlyMap<string, ElementType>): Dtypes {
  const { known, visit } = trackDtypes(graph, outer);
  for (const node of graph.nodes) visit(node);
  return known;
}

/** The same for nodes that are not there yet: types of what is given at first, and then of what each node makes that is visited. */
export function trackDtypes(
  graph: GraphProto,
  outer: ReadonlyMap<string, ElementType> = new Map(),
): { known: Dtypes; visit: (node: NodeProto) => void } {
  const known: Dtypes = new Map(outer);
  const set = (name: string, dtype: ElementType | undefined): void => {
    if (name === '') return;
    if (dtype === undefined) known.delete(name);
    else known.set(name, dtype);
  };
  const isGiven = new Set(graph.inputs.map(({ name }) => name));
  /** Of the tensors in each sequence. */
  const inSequence: Dtypes = new Map();
  for (const { name, type } of [...graph.inputs, ...graph.valueInfos]) {
    // What loops are given need not be declared inside of them.
    if (type || !isGiven.has(name)) set(name, type?.tensor ? elementTypeOf(type.tensor.elementType) : undefined);
    const elements = type?.sequence?.element?.tensor && elementTypeOf(type.sequence.element.tensor.elementType);
    if (elements) inSequence.set(name, elements);
  }
  for (const tensor of graph.initializers) set(tensor.name, elementTypeOf(tensor.dataType));
  for (const { values } of graph.sparseInitializers) if (values) set(values.name, elementTypeOf(values.dataType));
  const declared = new Map(known);
  const visit = (node: NodeProto): void => {
    const inputs = node.inputs.map((name) => known.get(name));
    const types = touchesSequences(node) ? inferFromSequence(node, inputs, inSequence) : inferNode(node, inputs, known);
    for (const [index, name] of node.outputs.entries()) set(name, types[index] ?? declared.get(name));
  };
  return { known, visit };
}

/**
 * Types of what a subgraph of a node sees: tensors around it, and what the node gives it.
 * @param known around it
 */
export function typesInside(node: NodeProto, body: GraphProto, known: ReadonlyMap<string, ElementType>): Dtypes {
  const inside = new Map(known);
  const given = givenTypes(node, body, known);
  for (const [position, { name }] of body.inputs.entries()) {
    const type = given[position];
    if (type) inside.set(name, type);
    else inside.delete(name);
  }
  return inside;
}

function givenTypes(
  { opType, inputs }: NodeProto,
  body: GraphProto,
  known: ReadonlyMap<string, ElementType>,
): (ElementType | undefined)[] {
  const types = inputs.map((name) => known.get(name));
  if (opType === 'Loop') return ['int64', 'bool', ...types.slice(2)];
  // Before opset 9 the lengths of the sequences come first.
  return opType === 'Scan' ? types.slice(inputs.length - body.inputs.length) : [];
}

/** Makes, changes or reads a sequence (or an optional), whose tensors keep the type that they had. */
export function touchesSequences(node: NodeProto): boolean {
  return isStandard(node) && /^(?:Sequence|SplitToSequence$|ConcatFromSequence$|Optional)/.test(node.opType);
}

/** Notes what is in the sequence that a node makes. @returns the type of the tensor that it makes, if it makes one */
function inferFromSequence(
  node: NodeProto,
  inputs: readonly (ElementType | undefined)[],
  inSequence: Dtypes,
): (ElementType | undefined)[] {
  const [given = ''] = node.inputs;
  if (node.opType === 'SequenceLength') return ['int64'];
  if (node.opType === 'OptionalHasElement') return ['bool'];
  // What its body makes may be of another type.
  if (node.opType === 'SequenceMap') return [];
  if (node.opType === 'SequenceAt' || node.opType === 'ConcatFromSequence') return [inSequence.get(given)];
  const elements =
    node.opType === 'SequenceEmpty'
      ? elementTypeOf(intAttribute(node, 'dtype', ELEMENT_TYPES.float32.code))
      : (inSequence.get(given) ?? inputs[0]);
  if (elements) inSequence.set(node.outputs[0] ?? '', elements);
  return [];
}

function inferNode(
  node: NodeProto,
  inputs: readonly (ElementType | undefined)[],
  known: Dtypes,
): (ElementType | undefined)[] {
  const rule = entryOf(rules, node.opType);
  if (rule) return rule(node, inputs, known);
  // Operators of other domains that are not listed may give anything.
  if (!isStandard(node)) return [];
  return node.outputs.map(() => inputs[0]);
}

const always =
  (...types: ElementType[]): Rule =>
  () =>
    types;
const likeInput =
  (index: number): Rule =>
  (node, inputs) =>
    node.outputs.map(() => inputs[index]);
const byAttribute =
  (name: string, otherwise: ElementType | undefined): Rule =>
  (node, inputs) => {
    const code = intAttribute(node, name, 0);
    return [code === 0 ? (otherwise ?? inputs[0]) : elementTypeOf(code)];
  };

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
/** Both branches of an If give the same types; a Loop or Scan gives those of its body, after the condition. */
const branches: Rule = (node, _inputs, known) => {
  const [body] = subgraphsOf(node);
  if (!body) return [];
  const inner = inferDtypes(body, typesInside(node, body, known));
  const types = body.outputs.map(({ name, type }) =>
    type?.tensor ? (elementTypeOf(type.tensor.elementType) ?? inner.get(name)) : inner.get(name),
  );
  return node.opType === 'Loop' ? types.slice(1) : types;
};
/** Means and deviations are kept in the type in which they are computed. */
const normalized =
  (typeInput: number, ...kept: (typeof STASHED | 0)[]): Rule =>
  (node, inputs) => {
    const stashed = elementTypeOf(intAttribute(node, 'stash_type', ELEMENT_TYPES.float32.code));
    return [inputs[typeInput], ...kept.map((item) => (item === STASHED ? stashed : inputs[item]))];
  };
/** Older versions have two more, of the same type. */
const batchNormalized: Rule = ({ outputs }, inputs) => outputs.map((_, index) => inputs[index === 0 ? 0 : 3]);
const dequantized: Rule = (node, inputs) => byAttribute('output_dtype', inputs[1])(node, inputs.slice(1), new Map());
const quantized: Rule = (node, inputs) => {
  const code = intAttribute(node, 'output_dtype', 0);
  return [code === 0 ? (inputs[2] ?? 'uint8') : elementTypeOf(code)];
};

const forEach = (names: string, rule: Rule): Record<string, Rule> =>
  Object.fromEntries(names.split(' ').map((name) => [name, rule]));

const rules: Record<string, Rule> = {
  ...forEach('Shape Size NonZero ArgMax ArgMin NonMaxSuppression', always('int64')),
  ...forEach('Equal Less Greater LessOrEqual GreaterOrEqual And Or Xor Not IsNaN IsInf RegexFullMatch', always('bool')),
  ...forEach('ConvInteger MatMulInteger', always('int32')),
  ...forEach('If Loop Scan', branches),
  TfIdfVectorizer: always('float32'),
  ...forEach('MelWeightMatrix HannWindow HammingWindow BlackmanWindow', byAttribute('output_datatype', 'float32')),
  ...forEach('RandomNormal RandomUniform', byAttribute('dtype', 'float32')),
  ...forEach('RandomNormalLike RandomUniformLike EyeLike Bernoulli', byAttribute('dtype', undefined)),
  Multinomial: byAttribute('dtype', 'int32'),
  ...forEach(
    'FusedMatMul FusedConv FusedGemm Gelu QuickGelu FastGelu BiasGelu MultiHeadAttention MatMulNBits',
    likeInput(0),
  ),
  Constant: constant,
  ConstantOfShape: constantOfShape,
  LayerNormalization: normalized(0, STASHED, STASHED),
  RMSNormalization: likeInput(1),
  SimplifiedLayerNormalization: normalized(1, STASHED),
  ...forEach('SkipLayerNormalization SkipSimplifiedLayerNormalization', normalized(0, STASHED, STASHED, 0)),
  BatchNormalization: batchNormalized,
  Attention: (_node, inputs) => [inputs[0], inputs[0], inputs[2], inputs[0]],
  StringSplit: always('string', 'int64'),
  ...forEach('Cast BitCast', byAttribute('to', undefined)),
  CastLike: likeInput(1),
  Where: likeInput(1),
  OneHot: likeInput(2),
  TopK: (_node, inputs) => [inputs[0], 'int64'],
  Unique: (_node, inputs) => [inputs[0], 'int64', 'int64', 'int64'],
  MaxPool: (_node, inputs) => [inputs[0], 'int64'],
  Dropout: (_node, inputs) => [inputs[0], 'bool'],
  DynamicQuantizeLinear: always('uint8', 'float32', 'uint8'),
  QuantizeLinear: quantized,
  DequantizeLinear: dequantized,
  QLinearConv: likeInput(7),
  QLinearMatMul: likeInput(7),
  MatMulIntegerToFloat: always('float32'),
  DynamicQuantizeMatMul: always('float32'),
};
