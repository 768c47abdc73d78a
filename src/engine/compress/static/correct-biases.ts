/**
 * Rounding weights and activations shifts the means of what is computed. Layer by layer, in the order of the graph, the difference of each
 * output channel's mean to the one of the float model goes into the bias: W E[x] − Ŵ E[x̂], where x is the input in the float model
 * and x̂ what really arrives in the quantized one, whose layers before are corrected already.
 * Source: Nagel et al. 2019, "Data-free quantization through weight equalization and bias correction", section 4.2 and appendix D
 * (empirical bias correction). Weights that are rounded for their results (`reconstruct-weights.ts`) are so right before.
 */
import type { EngineProgress } from '#shared/engine-protocol.ts';
import type { ProviderId } from '#shared/provider.ts';
import { indexGraph } from '../../onnx/graph-index.ts';
import { constantValueOf } from '../../onnx/constant-value.ts';
import type { GraphProto, ModelProto, NodeProto, TensorProto } from '../../onnx/ir.ts';
import { floatsOf, integersOf, tensorFrom } from '../../onnx/tensor-contents.ts';
import type { Tensor } from '../../runtime/onnxruntime-types.ts';
import type { ChannelStatistics } from '../calibration/tensor-observer.ts';
import type { Feeds } from '../../runtime/make-feeds.ts';
import { meanOutputs } from './mean-outputs.ts';
import type { QdqNames, QuantizedProduct } from './insert-qdq.ts';
import type { ScaleAndZero } from './quantize-tensor.ts';
import { reconstructWeights } from './reconstruct-weights.ts';
import { createSegmentRunner } from './run-in-segments.ts';
import { integersTensor } from './store-integers.ts';

/**
 * @param about.products with what they give on average in the float model
 * @param about.statistics of the inputs of products in the float model, over the items of `batches`
 * @param about.quantized the model with pairs, whose biases are replaced
 * @param about.names of what stands for tensors and biases in it
 * @returns how many products were corrected
 * Errors: those of loading and running.
 */
export async function correctBiases(about: {
  products: readonly QuantizedProduct[];
  statistics: ReadonlyMap<string, ChannelStatistics>;
  activations: ReadonlyMap<string, ScaleAndZero>;
  quantized: ModelProto;
  names: QdqNames;
  batches: readonly Feeds[];
  provider: ProviderId;
  /** Whether weights are rounded again, for their results. */
  reconstructs: boolean;
  onProgress: (progress: EngineProgress) => void;
}): Promise<number> {
  const { products, quantized, names, reconstructs, onProgress } = about;
  const graph = quantized.graph as GraphProto;
  const compute = createSegmentRunner(quantized, about.batches, about.provider);
  const index = indexGraph(graph);
  const means = new Map<string, Float64Array>();
  let correctedCount = 0;
  for (const [position, quantizedProduct] of products.entries()) {
    const { product, scales, type, meanOutputs: exact } = quantizedProduct;
    const { node, input, weight } = product;
    const statistics = about.statistics.get(input);
    const bias = names.biases.get(product) ?? biasAfter(node, exact?.length ?? 0, index);
    if (!statistics || !exact || (!bias && !reconstructs)) continue;
    let rounded = means.get(input);
    const tensors = !rounded || reconstructs ? await compute(names.integers.get(input) as string) : [];
    if (!rounded) {
      rounded = meansOfIntegers(tensors, statistics.channelAxis, about.activations.get(input) as ScaleAndZero);
      means.set(input, rounded);
    }
    const zeroPoint = (about.activations.get(input) as ScaleAndZero).zeroPoint;
    const better =
      reconstructs &&
      reconstructWeights(quantizedProduct, tensors, {
        zeroPoint,
        // Without a bias nothing makes up for the mean afterwards.
        isCentred: bias !== undefined,
      });
    const values = better || quantizedProduct.values;
    if (better) replaceTensor(graph, integersTensor(names.weights.get(product) as string, better, type, weight.dims));
    if (bias) {
      const own = meanOutputs(node, values, { dims: weight.dims, inputDims: statistics.dims, means: rounded });
      const shift = exact.map(
        (mean, output) => mean - (own[output] as number) * (scales[scales.length === 1 ? 0 : output] as number),
      );
      shiftBias(graph, bias, shift);
      correctedCount += 1;
    }
    onProgress({
      fraction: (position + 1) / products.length,
      message: `correcting the bias of layer ${position + 1} of ${products.length}`,
    });
  }
  return correctedCount;
}

/** As many rows of 16-bit integers as 32 bits hold. */
const ROWS_PER_SUM = 2 ** 15;

/** A bias is integers with scales, or floats that are added after a matrix product, or subtracted. */
type BiasNames = { integers: string; scales: string } | { floats: string; sign: 1 | -1 };

function biasAfter(node: NodeProto, channelCount: number, index: ReturnType<typeof indexGraph>): BiasNames | undefined {
  const output = node.outputs[0] ?? '';
  const [next, ...others] = index.consumersOf(output);
  // Tokens of all items in one row after the other take back the form that they had; their channels stay the last axis.
  if (next && keepsRows(next, channelCount, index) && others.length === 0 && !index.isOutput(output)) {
    return biasAfter(next, channelCount, index);
  }
  if ((next?.opType !== 'Add' && next?.opType !== 'Sub') || others.length > 0 || index.isOutput(output))
    return undefined;
  const floats = next.inputs.find((name) => name !== output) ?? '';
  const tensor = index.constantOf(floats);
  // Shared by other nodes, or not one value for each channel: left alone.
  const producer = index.producerOf(floats);
  const isItself = producer === undefined || producer.opType === 'Constant';
  // What is subtracted from has no bias.
  if (next.opType === 'Sub' && next.inputs[0] !== output) return undefined;
  return tensor && isItself && tensor.dims.length === 1 && index.consumersOf(floats).length === 1
    ? { floats, sign: next.opType === 'Add' ? 1 : -1 }
    : undefined;
}

/** A Reshape to a shape that is constant and ends with the channels. */
function keepsRows({ opType, inputs }: NodeProto, channelCount: number, index: ReturnType<typeof indexGraph>): boolean {
  const shape = opType === 'Reshape' ? index.constantOf(inputs[1] ?? '') : undefined;
  return shape !== undefined && integersOf(shape).at(-1) === channelCount;
}

function meansOfIntegers(
  tensors: readonly Tensor[],
  channelAxis: number,
  { scale, zeroPoint }: ScaleAndZero,
): Float64Array {
  const dims = tensors[0]?.dims ?? [];
  const channelCount = dims[channelAxis] ?? 1;
  const inner = dims.slice(channelAxis + 1).reduce((total, size) => total * size, 1);
  const sums = new Float64Array(channelCount);
  let length = 0;
  for (const { data } of tensors) {
    const values = data as Uint8Array;
    length += values.length;
    if (inner === 1) addRows(sums, values);
    else addRuns(sums, values, inner);
  }
  return sums.map((sum) => (sum / (length / channelCount) - zeroPoint) * scale);
}

/** Whole rows of channels. Sums of a row's integers stay exact in 32 bits, which is several times quicker than in doubles. */
function addRows(sums: Float64Array, values: Uint8Array): void {
  const channelCount = sums.length;
  const own = new Int32Array(channelCount);
  for (let start = 0, rows = 1; start < values.length; start += channelCount, rows += 1) {
    for (let channel = 0; channel < channelCount; channel += 1) {
      own[channel] = (own[channel] as number) + (values[start + channel] as number);
    }
    if (rows % ROWS_PER_SUM === 0 || start + channelCount >= values.length) {
      for (let channel = 0; channel < channelCount; channel += 1) {
        sums[channel] = (sums[channel] as number) + (own[channel] as number);
      }
      own.fill(0);
    }
  }
}

/** Runs of values of one channel after the other. */
function addRuns(sums: Float64Array, values: Uint8Array, inner: number): void {
  for (let start = 0, channel = 0; start < values.length; start += inner) {
    let sum = 0;
    for (let position = start; position < start + inner; position += 1) sum += values[position] as number;
    sums[channel] = (sums[channel] as number) + sum;
    channel = channel + 1 === sums.length ? 0 : channel + 1;
  }
}

/** Makes a weight of a Constant node, as some exporters write biases. */
function takeConstant(graph: GraphProto, name: string): TensorProto | undefined {
  const node = graph.nodes.find(({ opType, outputs }) => opType === 'Constant' && outputs[0] === name);
  const value = node && constantValueOf(node);
  if (!value) return undefined;
  const tensor = tensorFrom(name, 'float32', value.dims, floatsOf(value));
  graph.nodes = graph.nodes.filter((item) => item !== node);
  graph.initializers.push(tensor);
  return tensor;
}

function replaceTensor(graph: GraphProto, replacing: TensorProto): void {
  graph.initializers = graph.initializers.map((tensor) => (tensor.name === replacing.name ? replacing : tensor));
}

function shiftBias(graph: GraphProto, names: BiasNames, shift: Float64Array): void {
  if (!shift.every(Number.isFinite)) return;
  const find = (wanted: string) => {
    const tensor = graph.initializers.find(({ name }) => name === wanted) ?? takeConstant(graph, wanted);
    if (!tensor) throw new Error(`The bias ${wanted} is not in the graph.`);
    return tensor;
  };
  const bias = find('floats' in names ? names.floats : names.integers);
  const replace = (corrected: typeof bias): void => {
    graph.initializers = graph.initializers.map((tensor) => (tensor === bias ? corrected : tensor));
  };
  if ('floats' in names) {
    const shifted = floatsOf(bias).map((value, channel) => value + names.sign * (shift[channel] as number));
    replace(tensorFrom(bias.name, 'float32', bias.dims, shifted));
    return;
  }
  const steps = floatsOf(find(names.scales));
  const shifted = Int32Array.from(integersOf(bias), (value, channel) => {
    const step = steps[steps.length === 1 ? 0 : channel] as number;
    return Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, value + Math.round((shift[channel] as number) / step)));
  });
  replace(tensorFrom(bias.name, 'int32', bias.dims, shifted));
}
