/**
 * QuantizeLinear and DequantizeLinear that ONNX Runtime left in its optimized graph: each costs a pass over its tensor. Which operators it
 * can fuse with: its `qdq_selector_action_transformer.cc`.
 */
import { elementTypeName } from '../../onnx/element-types.ts';
import { entryOf } from '../../onnx/entry-of.ts';
import { type GraphIndex, indexGraph } from '../../onnx/graph-index.ts';
import type { GraphProto, NodeProto } from '../../onnx/ir.ts';
import { productKindOf } from './kernels.ts';

export type Conversion = {
  node: NodeProto;
  at:
    | 'input'
    | 'output'
    /** Only the shape of what it makes is read. */
    | 'shape'
    /** The operator beside it computes in float32. */
    | 'float'
    /** The operator beside it stands between integers and still computes in float32. */
    | 'unfused';
  /** The operator that is to blame; null at the edges of the model. */
  beside: NodeProto | null;
};

/** An operator that was given integers on all sides, and is computed in float32 all the same. The cause is for one, or for several. */
export type UnfusedOperator = { node: NodeProto; cause: Cause };

type Cause = { one: string; many: string };

export type GraphConversions = { conversions: Conversion[]; unfused: UnfusedOperator[] };

/** Operators for which ONNX Runtime's CPU provider has integer kernels; products are known by `productKindOf`. */
const FUSABLE = new Set(
  'Add Mul Concat AveragePool GlobalAveragePool LeakyRelu Sigmoid Softmax Where MaxPool Resize'.split(' '),
);
/** Inputs of these that are not data keep their types. */
const SIDE_INPUTS: Readonly<Record<string, number>> = { Resize: 1, Softmax: 1 };
const SHAPE_READERS = new Set(['Shape', 'Size']);
const WIDE_TYPES = new Set(['int16', 'uint16']);

export function findConversions(graph: GraphProto): GraphConversions {
  const index = indexGraph(graph);
  const unfused = graph.nodes.flatMap((node) => {
    const cause = whyUnfused(node, index);
    return cause === null ? [] : [{ node, cause }];
  });
  const blamed = new Set(unfused.map(({ node }) => node));
  return { conversions: graph.nodes.flatMap((node) => placeOf(node, { index, blamed })), unfused };
}

const isQuantize = (node: NodeProto): boolean => node.opType === 'QuantizeLinear';
const isDequantize = (node: NodeProto | undefined): boolean => node?.opType === 'DequantizeLinear';

function placeOf(
  node: NodeProto,
  { index, blamed }: { index: GraphIndex; blamed: ReadonlySet<NodeProto> },
): Conversion[] {
  if (isQuantize(node)) {
    const beside = index.producerOf(node.inputs[0] ?? '') ?? null;
    if (beside === null) return [{ node, at: 'input', beside }];
    return [{ node, at: blamed.has(beside) ? 'unfused' : 'float', beside }];
  }
  if (!isDequantize(node)) return [];
  const consumers = index.consumersOf(node.outputs[0] ?? '');
  const culprit = consumers.find((consumer) => blamed.has(consumer));
  if (culprit) return [{ node, at: 'unfused', beside: culprit }];
  if (index.isOutput(node.outputs[0] ?? '')) return [{ node, at: 'output', beside: null }];
  if (consumers.length > 0 && consumers.every(({ opType }) => SHAPE_READERS.has(opType))) {
    return [{ node, at: 'shape', beside: consumers[0] ?? null }];
  }
  return [{ node, at: 'float', beside: consumers.find(({ opType }) => !SHAPE_READERS.has(opType)) ?? null }];
}

/** Clauses; null for an operator that computes in float32 because something beside it does. */
function whyUnfused(node: NodeProto, index: GraphIndex): Cause | null {
  const isProduct = productKindOf(node) === 'float';
  if (!isProduct && !(FUSABLE.has(node.opType) && node.domain === '')) return null;
  const data = node.inputs.slice(0, isProduct ? 2 : (entryOf(SIDE_INPUTS, node.opType) ?? node.inputs.length));
  const sources = data.map((name) => index.producerOf(name));
  const dequantized = sources.filter((source) => source !== undefined && isDequantize(source)) as NodeProto[];
  const readers = node.outputs.flatMap((name) => index.consumersOf(name));
  const reader = readers.find((consumer) => !isQuantize(consumer));
  const isResultQuantized = readers.length > 0 && reader === undefined;
  if (dequantized.length === 0) return null;
  if (isProduct) {
    // Products of two activations, or with float weights, were meant to stay as they are.
    if (!sources.slice(1).some(isDequantize)) return null;
    if (!isDequantize(sources[0])) return MULTIPLIES_FLOATS;
    const bias = node.inputs[2] ?? '';
    if (bias !== '' && !isDequantize(index.producerOf(bias))) return FLOAT_BIAS;
  } else if (dequantized.length < data.length || !isResultQuantized) return null;
  const typeOf = (node: NodeProto | undefined): string => zeroPointType(node, index);
  if (dequantized.some((source) => WIDE_TYPES.has(typeOf(source)))) return NO_WIDE_KERNEL;
  if (isResultQuantized && FUSED_WITH_ACTIVATION.has(node.opType)) return HOLDS_MORE;
  const activations = [...(isProduct ? [sources[0]] : dequantized), ...(isResultQuantized ? readers : [])];
  if (activations.some((node) => typeOf(node) === 'int8')) return SIGNED_ACTIVATIONS;
  if (!isResultQuantized) {
    return reader
      ? {
          one: `its result goes to ${reader.opType} in float32`,
          many: `their results go to ${reader.opType} in float32`,
        }
      : IS_OUTPUT;
  }
  return { one: NO_KERNEL, many: NO_KERNEL };
}

const NO_KERNEL = 'ONNX Runtime has no integer kernel for this combination of types, scales and attributes';
const NO_WIDE_KERNEL: Cause = {
  one: 'ONNX Runtime has no 16-bit integer kernel for it',
  many: 'ONNX Runtime has no 16-bit integer kernel for them',
};
/** Integer kernels leave out a Relu or Clip that the range of the result does by itself. */
const FUSED_WITH_ACTIVATION = new Set(['FusedConv', 'FusedGemm']);
const HOLDS_MORE: Cause = {
  one: 'its result has a range that holds more than the activation function behind it lets through, as symmetric ranges do',
  many: 'their results have ranges that hold more than the activation functions behind them let through, as symmetric ranges do',
};
/**
 * Where the CPU has no fast signed kernels, its `QDQS8ToU8Transformer` makes uint8 of a pair with one reader, after those with several were
 * given a DequantizeLinear each; kernels want one type on all sides, and those for int8 are left out.
 */
const SIGNED_ACTIVATIONS: Cause = {
  one: 'it reads or makes int8 activations, of which ONNX Runtime makes uint8 on this CPU only where one operator reads them. Set activationType to uint8',
  many: 'they read or make int8 activations, of which ONNX Runtime makes uint8 on this CPU only where one operator reads them. Set activationType to uint8',
};
const FLOAT_BIAS: Cause = { one: 'its bias is float32', many: 'their biases are float32' };
const MULTIPLIES_FLOATS: Cause = {
  one: 'what it multiplies its quantized weights by is float32',
  many: 'what they multiply their quantized weights by is float32',
};
const IS_OUTPUT: Cause = {
  one: 'its result is an output of the model in float32',
  many: 'their results are outputs of the model in float32',
};

/** Of a conversion; empty where it is not known. */
function zeroPointType(node: NodeProto | undefined, index: GraphIndex): string {
  const zeroPoint = index.constantOf(node?.inputs[2] ?? '');
  return zeroPoint === undefined ? '' : elementTypeName(zeroPoint.dataType);
}
