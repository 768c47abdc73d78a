/**
 * Rounding weights and activations shifts the means of what is computed. Layer by layer, in the order of the graph, the quantized
 * model is run on a few items, and the difference of each output channel's mean to the one of the float model goes into the bias.
 * Layers before are corrected already, so that each correction meets what will really arrive.
 * Source: Nagel et al. 2019, "Data-free quantization through weight equalization and bias correction", section 4.2 and appendix D
 * (empirical bias correction).
 */
import type { EngineProgress, InputSource } from '#shared/engine-protocol.ts';
import type { GraphProto, ModelProto } from '../../onnx/ir.ts';
import { floatsOf, integersOf, tensorFrom } from '../../onnx/tensor-contents.ts';
import { addToMeans, type ChannelMeans, meansOf } from '../calibration/channel-means.ts';
import { collectActivations } from '../calibration/collect-activations.ts';
import type { Product } from './find-sites.ts';

type Context = { inputs: InputSource; onProgress: (progress: EngineProgress) => void };

/** Items times layers; so that a deep model takes no longer than calibration itself does. */
const RUN_BUDGET = 2048;
const FEWEST_ITEMS = 8;
const MOST_ITEMS = 64;

/** Products whose kernels take a bias; that of a matrix product is an addition after it. */
export function isCorrectable({ node }: Product): boolean {
  return node.opType !== 'MatMul';
}

/** Means of the output channels of products in the float model, before anything is quantized. */
export async function measureTargets(
  model: ModelProto,
  products: readonly Product[],
  context: Context,
): Promise<Map<Product, Float64Array>> {
  const correctable = products.filter(isCorrectable);
  const means = await measureMeans(model, correctable, { ...context, itemLimit: countItems(correctable.length) });
  return new Map(
    correctable.flatMap((product) => {
      const found = means.get(product.node.outputs[0] ?? '');
      return found ? [[product, found] as const] : [];
    }),
  );
}

/** @param biasNames of the int32 bias and of its scales, in the quantized model */
export async function correctBiases(
  model: ModelProto,
  targets: ReadonlyMap<Product, Float64Array>,
  biasNames: ReadonlyMap<Product, { integers: string; scales: string }>,
  context: Context,
): Promise<void> {
  const graph = model.graph as GraphProto;
  const { inputs, onProgress } = context;
  const itemLimit = countItems(targets.size);
  let done = 0;
  for (const [product, target] of targets) {
    const names = biasNames.get(product);
    const found = (
      await measureMeans(model, [product], {
        inputs,
        itemLimit,
        onProgress: () => {},
      })
    ).get(product.node.outputs[0] ?? '');
    if (names && found) shiftBias(graph, names, target, found);
    done += 1;
    onProgress({ fraction: done / targets.size, message: `correcting the bias of layer ${done} of ${targets.size}` });
  }
}

function countItems(layerCount: number): number {
  return Math.max(FEWEST_ITEMS, Math.min(MOST_ITEMS, Math.floor(RUN_BUDGET / layerCount)));
}

async function measureMeans(
  model: ModelProto,
  products: readonly Product[],
  context: Context & { itemLimit: number },
): Promise<Map<string, Float64Array>> {
  const axes = new Map(products.map(({ node }) => [node.outputs[0] ?? '', node.opType === 'Conv' ? 1 : -1] as const));
  const means = new Map<string, ChannelMeans>();
  await collectActivations({
    model,
    tensorNames: [...axes.keys()],
    ...context,
    look: (name, values, dims) =>
      void means.set(name, addToMeans(means.get(name), values, dims, axes.get(name) as number)),
  });
  return new Map([...means].map(([name, found]) => [name, meansOf(found)]));
}

function shiftBias(
  graph: GraphProto,
  names: { integers: string; scales: string },
  target: Float64Array,
  found: Float64Array,
): void {
  const integers = graph.initializers.find(({ name }) => name === names.integers);
  const scales = graph.initializers.find(({ name }) => name === names.scales);
  if (!integers || !scales) throw new Error(`The bias ${names.integers} is not in the graph.`);
  const steps = floatsOf(scales);
  const shifted = Int32Array.from(integersOf(integers), (value, channel) => {
    const step = steps[steps.length === 1 ? 0 : channel] as number;
    const sum = value + Math.round(((target[channel] as number) - (found[channel] as number)) / step);
    return Number.isFinite(sum) ? Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, sum)) : value;
  });
  const corrected = tensorFrom(integers.name, 'int32', integers.dims, shifted);
  graph.initializers = graph.initializers.map((tensor) => (tensor === integers ? corrected : tensor));
}
