/** Static quantization of a model: where, in which ranges, and with which integers. */
import { AppError } from '#shared/app-error.ts';
import type { EngineProgress, InputSource } from '#shared/engine-protocol.ts';
import { createNamer } from '../../onnx/create-namer.ts';
import type { GraphProto, ModelProto } from '../../onnx/ir.ts';
import { floatsOf } from '../../onnx/tensor-contents.ts';
import { addValues, createHistogram } from '../calibration/activation-histogram.ts';
import { chooseRange, type RangeMethod } from '../calibration/choose-range.ts';
import { observeActivations } from '../calibration/observe-activations.ts';
import { type ActivationSample, divideChannels } from '../calibration/activation-sample.ts';
import { equalizeChannels } from './equalize-channels.ts';
import { findScalableGroups } from './scalable-groups.ts';
import type { ProviderId } from '#shared/provider.ts';
import { roundBalanced } from './balance-rounding.ts';
import { correctBiases } from './correct-biases.ts';
import { findSites, type Product, type SiteOptions, type Sites } from './find-sites.ts';
import { insertQdq, type QuantizedProduct } from './insert-qdq.ts';
import {
  ACTIVATION_TYPES,
  type ActivationType,
  channelMagnitudes,
  channelsOf,
  quantizeBias,
  quantizeSymmetric,
  type ScaleAndZero,
  scaleOf,
  scaleThatFitsBias,
} from './quantize-tensor.ts';

export type StaticOptions = SiteOptions & {
  method: RangeMethod;
  percentile: number;
  activationType: ActivationType;
  isSymmetric: boolean;
  perChannel: boolean;
  /** Largest weight integer: 127, or 63 where 8 bits saturate. */
  weightLimit: number;
  /** Whether errors of means are taken out of the biases. */
  correctsBias: boolean;
  /** Whether the weights of convolutions are rounded so that errors cancel. */
  balances: boolean;
  domain: string;
  equalization: number;
};

export async function quantizeStatically(
  model: ModelProto,
  options: StaticOptions,
  context: { inputs: InputSource; provider: ProviderId; onProgress: (progress: EngineProgress) => void },
): Promise<{ sites: Sites; equalizedCount: number; source: string; itemCount: number }> {
  const graph = model.graph as GraphProto;
  let sites = findSites(graph, options);
  if (sites.products.length === 0) {
    throw new AppError(
      'unsupported',
      `There is nothing to quantize: the model has no ${options.operators.join(', ')} with a constant float32 weight.`,
    );
  }
  const readByProducts = new Set(sites.products.map(({ node }) => node.inputs[0] ?? ''));
  const { samples, statistics, batches, ...seen } = await observeActivations({
    model,
    // What takes over a range is looked at only where the means of a product's input are needed.
    tensors: sites.tensors.filter((name) => !sites.sharedWith.has(name) || readByProducts.has(name)),
    takesMeans: options.correctsBias,
    exactExtremes: options.method === 'minmax' || options.method === 'moving-average',
    ...context,
  });
  const factors = equalizeChannels(
    model,
    options.equalization > 0 ? findScalableGroups(graph) : [],
    samples,
    options.equalization,
  );
  for (const [name, sample] of samples) {
    const own = factors.get(name);
    if (!own) continue;
    samples.set(name, divideChannels(sample, own));
    const found = statistics.get(name);
    if (found) found.means = found.means.map((value, channel) => value / (own[channel] as number));
  }
  // Equalizing made other weights.
  sites = findSites(graph, options);
  const activations = chooseScales(sites, samples, options);
  const products = sites.products.map((product) => quantizeProduct(product, activations, options));
  const names = insertQdq(graph, {
    sites,
    activations,
    products,
    activationType: options.activationType,
    domain: options.domain,
    uniqueName: createNamer(model),
  });
  if (options.correctsBias) {
    await correctBiases({ products, statistics, activations, quantized: model, names, batches, ...context });
  }
  return { sites, equalizedCount: new Set(factors.values()).size, ...seen };
}

/** Where a tensor's values are seen: itself, or the one whose range it has. */
function sourceOf(sites: Sites, name: string): string {
  return sites.sharedWith.get(name) ?? name;
}

function chooseScales(
  sites: Sites,
  samples: ReadonlyMap<string, ActivationSample>,
  options: StaticOptions,
): Map<string, ScaleAndZero> {
  const { lowest, highest } = ACTIVATION_TYPES[options.activationType];
  const scales = new Map<string, ScaleAndZero>();
  for (const name of sites.tensors) {
    const sample = samples.get(sourceOf(sites, name)) as ActivationSample;
    const histogram = createHistogram();
    addValues(histogram, sample.values);
    histogram.minimum = Math.min(histogram.minimum, ...sample.lowest);
    histogram.maximum = Math.max(histogram.maximum, ...sample.highest);
    histogram.meanMinimum = Math.min(...sample.meanLowest);
    histogram.meanMaximum = Math.max(...sample.meanHighest);
    const range = chooseRange(histogram, { ...options, stepCount: highest - lowest });
    scales.set(name, scaleOf(range, options.activationType));
  }
  return scales;
}

function quantizeProduct(
  product: Product,
  activations: ReadonlyMap<string, ScaleAndZero>,
  { perChannel, weightLimit, balances, correctsBias }: StaticOptions,
): QuantizedProduct {
  const { node, weight, channelAxis } = product;
  const values = floatsOf(weight);
  const layout = channelsOf(weight.dims, perChannel ? channelAxis : null);
  const inputScale = activations.get(node.inputs[0] ?? '')?.scale as number;
  let bias = product.bias ? floatsOf(product.bias) : null;
  const scales = Float32Array.from(channelMagnitudes(values, layout), (magnitude, channel) => {
    const biases = bias === null ? [] : perChannel ? [bias[channel] as number] : [...bias];
    const least = Math.max(0, ...biases.map((value) => scaleThatFitsBias(value, inputScale)));
    const scale = Math.max(magnitude / weightLimit, least);
    return scale < 2 ** -126 ? 1 : scale;
  });
  const integers =
    balances && node.opType === 'Conv'
      ? roundBalanced(values, kernelShape(weight.dims), scales, weightLimit)
      : quantizeSymmetric(values, layout, scales, weightLimit);
  if (correctsBias && node.opType !== 'MatMul') bias ??= new Float32Array(weight.dims[channelAxis] as number);
  const biasScales = scales.map((scale) => scale * inputScale);
  return {
    product,
    values: integers,
    scales,
    bias: bias && { values: quantizeBias(bias, biasScales), scales: biasScales },
  };
}

function kernelShape([outputs = 0, inputs = 0, ...kernel]: readonly number[]) {
  return { outputs, inputs, kernel: kernel.reduce((product, size) => product * size, 1) };
}
