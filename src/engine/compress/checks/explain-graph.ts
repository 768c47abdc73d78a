/**
 * What became of a recipe in the graph that ONNX Runtime runs on this machine's CPU: which products compute in integers, and what keeps
 * the others, and the model, from being faster.
 */
import type { Finding, ModelInspection } from '#shared/model.ts';
import { countText } from '#shared/text/number-text.ts';
import { castWords, conversionWords, integerConvolutionWords } from '#shared/text/speed-words.ts';
import { elementCount } from '../../onnx/element-count.ts';
import { ELEMENT_TYPES } from '../../onnx/element-types.ts';
import { indexGraph } from '../../onnx/graph-index.ts';
import type { ModelProto, NodeProto } from '../../onnx/ir.ts';
import { contentByteLength } from '../../onnx/tensor-contents.ts';
import { walkGraphs, walkNodes, walkTensors } from '../../onnx/walk-model.ts';
import { finding } from '../pass.ts';
import { findWideDepthwise } from './find-wide-depthwise.ts';
import { findConversions } from './find-conversions.ts';
import { operatorCounts, type ProductKind, productKindOf, subjectOf } from './kernels.ts';

/** Put before the names of tensors that ONNX Runtime casts. */
const CAST_PREFIX = /^InsertedPrecisionFreeCast_/;
/** Below this share, weights are constants of operators like Clip. */
const FEW_WEIGHTS = 0.05;
/** Casts of fewer values take no time worth telling. */
const LEAST_CAST_ELEMENTS = 1024;
/** Kinds of layers that ONNX Runtime computes as one operator when it can. */
const WHOLE_LAYERS: readonly { title: string; operators: ReadonlySet<string> }[] = [
  { title: 'GELU', operators: new Set(['Gelu', 'BiasGelu', 'FastGelu', 'QuickGelu']) },
  { title: 'softmax', operators: new Set(['Softmax', 'BiasSoftmax', 'QLinearSoftmax']) },
  {
    title: 'layer normalization',
    operators: new Set(['LayerNormalization', 'SkipLayerNormalization', 'SimplifiedLayerNormalization']),
  },
  { title: 'attention', operators: new Set(['Attention', 'MultiHeadAttention', 'QAttention']) },
];

/**
 * @param parent, variant both as ONNX Runtime optimized them on the same machine
 * @param bytesByDtype of the variant's weights, as the file has them
 */
export function explainGraph(
  parent: ModelProto,
  variant: ModelProto,
  { bytesByDtype }: Pick<ModelInspection, 'bytesByDtype'>,
): Finding[] {
  return [
    ...findProducts(parent, variant),
    ...findHalfAsFloat(variant, bytesByDtype),
    ...findHalfOnEveryRun(variant),
    ...findIntegerConvolutions(variant),
    ...findWideDepthwise(variant),
    ...findUnfused(variant),
    ...findGeneralConvolutions(parent, variant),
    ...findTakenApart(parent, variant),
    ...findCasts(parent, variant),
  ];
}

function productsOf(model: ModelProto): Record<ProductKind, NodeProto[]> {
  const products: Record<ProductKind, NodeProto[]> = { integer: [], blocks: [], float: [], 'float-blocked': [] };
  for (const node of walkNodes(model)) {
    const kind = productKindOf(node);
    if (kind !== null) products[kind].push(node);
  }
  return products;
}

function findProducts(parent: ModelProto, variant: ModelProto): Finding[] {
  const { integer, blocks, float, 'float-blocked': blocked } = productsOf(variant);
  const inFloat = [...float, ...blocked];
  const total = integer.length + blocks.length + inFloat.length;
  const before = Object.values(productsOf(parent)).flat().length;
  const whole = before === total ? `the parent’s ${total}` : `${total} (the parent has ${before})`;
  const about = (count: number): string => `${count} of ${whole} convolutions, matrix products and recurrent layers`;
  const findings: Finding[] = [];
  if (integer.length > 0) {
    findings.push(
      finding(
        'info',
        'integer-products',
        `${about(integer.length)} ${computeText(integer.length)} in integers: ${operatorCounts(integer)}.`,
        integer.map(subjectOf),
      ),
    );
  }
  if (blocks.length > 0) {
    findings.push(
      finding(
        'info',
        'block-products',
        `${about(blocks.length)} ${blocks.length === 1 ? 'unpacks its weights from blocks of few bits while it computes' : 'unpack their weights from blocks of few bits while they compute'}: ${operatorCounts(blocks)}.`,
        blocks.map(subjectOf),
      ),
    );
  }
  if (inFloat.length > 0 && integer.length + blocks.length > 0) {
    const constants = withConstantWeights(variant, inFloat);
    const others = inFloat.length - constants.length;
    findings.push(
      finding(
        'info',
        'float-products',
        `${about(inFloat.length)} ${computeText(inFloat.length)} in floating point: ${operatorCounts(inFloat)}.${withoutConstantsText(others, inFloat.length)}`,
        (constants.length > 0 ? constants : inFloat).map(subjectOf),
      ),
    );
  }
  return findings;
}

function computeText(count: number): string {
  return count === 1 ? 'computes' : 'compute';
}

/** A sentence, with a space before it. */
function withoutConstantsText(count: number, total: number): string {
  if (count === 0) return '';
  if (total === 1) return ' It has no constant weights.';
  return ` ${count === total ? 'All' : count} of them ${count === 1 ? 'has' : 'have'} no constant weights.`;
}

function withConstantWeights(model: ModelProto, products: readonly NodeProto[]): NodeProto[] {
  const chosen = new Set(products);
  return [...walkGraphs(model)].flatMap((graph) => {
    const index = indexGraph(graph);
    // Those that are quantized stand behind what makes float32 of them.
    const isConstant = (name: string): boolean => {
      const source = index.producerOf(name);
      return index.constantOf(source?.opType === 'DequantizeLinear' ? (source.inputs[0] ?? '') : name) !== undefined;
    };
    return graph.nodes.filter((node) => chosen.has(node) && isConstant(node.inputs[1] ?? ''));
  });
}

function findIntegerConvolutions(variant: ModelProto): Finding[] {
  const nodes = [...walkNodes(variant)].filter(({ opType }) => opType === 'ConvInteger');
  if (nodes.length === 0) return [];
  const { cause, remedy } = integerConvolutionWords;
  return [
    finding(
      'warning',
      'integer-convolution',
      `${countText(nodes.length, 'convolution')} ${nodes.length === 1 ? 'runs' : 'run'} as ConvInteger: ${cause}. ${remedy}`,
      nodes.map(subjectOf),
    ),
  ];
}

function findUnfused(variant: ModelProto): Finding[] {
  const parts = [...walkGraphs(variant)].map(findConversions);
  const unfused = parts.flatMap((part) => part.unfused);
  const conversions = parts.flatMap((part) => part.conversions);
  const findings = [...Map.groupBy(unfused, ({ cause }) => cause.many).values()].map((group) =>
    finding(
      'warning',
      'unfused-pairs',
      `${countText(group.length, 'quantized operator')} (${operatorCounts(group.map(({ node }) => node))}) still ${computeText(group.length)} in float32, with conversions around: ${group.length === 1 ? group[0]?.cause.one : group[0]?.cause.many}.`,
      group.map(({ node }) => subjectOf(node)),
    ),
  );
  const byPlace = Map.groupBy(conversions, ({ at }) => at);
  const shapes = byPlace.get('shape') ?? [];
  if (shapes.length > 0) {
    findings.push(
      finding(
        'info',
        'conversions-for-shapes',
        `${countText(shapes.length, 'tensor')} ${shapes.length === 1 ? 'is' : 'are'} converted to float32 only to read the shape.`,
        shapes.map(({ node }) => subjectOf(node)),
      ),
    );
  }
  const between = byPlace.get('float') ?? [];
  const edges = [...(byPlace.get('input') ?? []), ...(byPlace.get('output') ?? [])];
  if (edges.length + between.length > 0) {
    const neighbours = [...new Set(between.flatMap(({ beside }) => beside ?? []))];
    const { integer } = productsOf(variant);
    const isMuch = between.length > integer.length;
    // Products that were left in float32 have conversions around whatever else is quantized.
    const remedy = unfused.some(({ node }) => productKindOf(node) === 'float') ? '' : ` ${conversionWords.remedy}`;
    const places = [
      ...(edges.length > 0 ? [`${edges.length} at inputs and outputs of the model`] : []),
      ...(between.length > 0
        ? [`${between.length} beside operators that compute in float32 (${operatorCounts(neighbours)})`]
        : []),
    ];
    findings.push(
      finding(
        isMuch ? 'warning' : 'info',
        'conversions',
        `${countText(edges.length + between.length, 'conversion')} between float32 and integers ${edges.length + between.length === 1 ? 'is' : 'are'} left: ${places.join(', ')}.${isMuch ? ` That is much beside ${countText(integer.length, 'product')} in integers.${remedy}` : ''}`,
        between.map(({ node }) => subjectOf(node)),
      ),
    );
  }
  return findings;
}

function findGeneralConvolutions(parent: ModelProto, variant: ModelProto): Finding[] {
  const generalOf = (model: ModelProto): NodeProto[] =>
    productsOf(model).float.filter(({ opType }) => opType.endsWith('Conv'));
  const before = generalOf(parent).length;
  const now = generalOf(variant);
  const hadBlocked = productsOf(parent)['float-blocked'].length > 0;
  if (!hadBlocked || now.length <= before) return [];
  return [
    finding(
      'warning',
      'general-convolution',
      `${countText(now.length - before, 'convolution')} that the parent computes in the blocked layout (NCHWc), ONNX Runtime’s fastest in float32 on this CPU, ${now.length - before === 1 ? 'runs' : 'run'} in a general kernel now.`,
      now.map(subjectOf),
    ),
  ];
}

function findTakenApart(parent: ModelProto, variant: ModelProto): Finding[] {
  return WHOLE_LAYERS.flatMap(({ title, operators }) => {
    const before = [...walkNodes(parent)].filter(({ opType }) => operators.has(opType));
    const now = [...walkNodes(variant)].filter(({ opType }) => operators.has(opType));
    const lost = before.length - now.length;
    if (lost <= 0) return [];
    return [
      finding(
        'warning',
        'taken-apart',
        `${lost} of the parent’s ${countText(before.length, `${title} operator`)} became several simple ones: the CPU provider has no kernel for their new data type, or what now stands between their parts keeps it from fusing them.`,
      ),
    ];
  });
}

/** Float16 weights that are converted once, when the model is loaded, cost no time, and gain none. */
function findHalfAsFloat(variant: ModelProto, bytesByDtype: ModelInspection['bytesByDtype']): Finding[] {
  const halves = [...walkTensors(variant)].filter(({ dataType }) => dataType === ELEMENT_TYPES.float16.code);
  const keptBytes = halves.reduce((sum, tensor) => sum + contentByteLength(tensor), 0);
  if (keptBytes >= FEW_WEIGHTS * (bytesByDtype['float16'] ?? 0)) return [];
  return [
    finding(
      'info',
      'half-as-float',
      'The CPU provider converts the float16 weights to float32 when it loads the file: on it the model is smaller on disk, but neither faster nor smaller in memory.',
    ),
  ];
}

/** ONNX Runtime casts where it has no kernel in float16, and computes not all of these casts as it loads: not those for LSTM, nor in branches. */
function findHalfOnEveryRun(variant: ModelProto): Finding[] {
  const halves = new Set(
    [...walkTensors(variant)]
      .filter((tensor) => tensor.dataType === ELEMENT_TYPES.float16.code && elementCount(tensor) >= LEAST_CAST_ELEMENTS)
      .map(({ name }) => name),
  );
  const casts = [...walkGraphs(variant)].flatMap((graph) => {
    const index = indexGraph(graph);
    return graph.nodes
      .filter(({ opType, inputs }) => opType === 'Cast' && halves.has(inputs[0] ?? ''))
      .map(({ inputs, outputs }) => ({ weight: inputs[0] as string, readers: index.consumersOf(outputs[0] ?? '') }));
  });
  if (casts.length === 0) return [];
  const readers = [...new Set(casts.flatMap((cast) => cast.readers))];
  return [
    finding(
      'warning',
      'half-on-every-run',
      `${countText(casts.length, 'float16 weight')} ${casts.length === 1 ? 'is' : 'are'} converted to float32 on every run on the CPU, for ${operatorCounts(readers)}. For CPUs take “Half the file, same arithmetic”, whose weights are converted once, as the model is loaded.`,
      casts.map(({ weight }) => weight),
    ),
  ];
}

/** Casts of tensors between operators: not those of inputs, outputs and constants, nor the step from sums in int32 to float32. */
function findCasts(parent: ModelProto, variant: ModelProto): Finding[] {
  const castsOf = (model: ModelProto): NodeProto[] =>
    [...walkGraphs(model)].flatMap((graph) => {
      const index = indexGraph(graph);
      return graph.nodes.filter(({ opType, inputs, outputs }) => {
        if (opType !== 'Cast' || index.isOutput(outputs[0] ?? '')) return false;
        const producer = index.producerOf(inputs[0] ?? '');
        return producer !== undefined && producer.opType !== 'Constant' && productKindOf(producer) !== 'integer';
      });
    });
  const now = castsOf(variant);
  const added = now.length - castsOf(parent).length;
  if (added <= 0) return [];
  return [
    finding(
      'warning',
      'casts',
      `${countText(added, 'cast')} ${added === 1 ? 'was' : 'were'} added on the CPU: ${castWords.cause}. ${castWords.remedy}`,
      now.map((node) => subjectOf(node).replace(CAST_PREFIX, '')),
    ),
  ];
}
