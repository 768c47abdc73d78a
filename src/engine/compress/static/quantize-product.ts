/** The integers of a product's weight and bias. */
import { floatsOf, withFloats } from '../../onnx/tensor-contents.ts';
import { roundBalanced } from './balance-rounding.ts';
import type { Product } from './find-sites.ts';
import type { QuantizedProduct } from './insert-qdq.ts';
import { meanOutputs } from './mean-outputs.ts';
import type { ChannelStatistics } from '../calibration/tensor-observer.ts';
import {
  channelMagnitudes,
  channelsOf,
  quantizeBias,
  quantizeSymmetric,
  type ScaleAndZero,
  scaleThatFitsBias,
  type WeightType,
} from './quantize-tensor.ts';
import { representableScale } from '../representable-scale.ts';
import { storedTypeOf } from './store-integers.ts';
import { takeLeftover } from './shift-leftovers.ts';

/** Of small weights that are kept in 8 bits where others have 4: they have 7, so that no CPU saturates. */
const SMALL_LIMIT = 63;

type RoundingOptions = {
  perChannel: boolean;
  weightType: WeightType;
  weightLimit: number;
  balances: boolean;
  correctsBias: boolean;
};

/**
 * The weight is read once, because it may have to be computed for that.
 * @param activations the scale of each tensor that is kept in integers
 * @param about.leftovers what shifts of inputs leave over, by tensor
 * @param about.statistics of the inputs of products in the float model
 */
export function quantizeProduct(
  product: Product,
  activations: ReadonlyMap<string, ScaleAndZero>,
  { perChannel, weightType, weightLimit, balances, correctsBias }: RoundingOptions,
  about: { leftovers: ReadonlyMap<string, number>; statistics: ReadonlyMap<string, ChannelStatistics> },
): QuantizedProduct {
  const { node, weight, channelAxis } = product;
  const type = storedTypeOf(weight, weightType);
  const limit = type === weightType ? weightLimit : SMALL_LIMIT;
  const layout = channelsOf(weight.dims, perChannel ? channelAxis : null);
  const inputScale = activations.get(node.inputs[0] ?? '')?.scale as number;
  let bias = product.bias ? floatsOf(product.bias) : null;
  // Where biases are corrected on data, what shifts leave over is a part of what is found.
  if (!correctsBias) bias = takeLeftover(product, bias, about.leftovers.get(product.input) ?? 0);
  // One for each channel, or the one that all biases need.
  const biasesOfScales = bias === null ? [] : perChannel ? bias : [largestMagnitude(bias)];
  const leastScales = Float64Array.from(biasesOfScales, (value) => scaleThatFitsBias(value, inputScale));
  const getsBias = bias !== null || (correctsBias && node.opType !== 'MatMul');
  const input = about.statistics.get(product.input);
  const { scales, integers, means } = withFloats(weight, (values) => {
    const scales = Float32Array.from(channelMagnitudes(values, layout), (magnitude, channel) =>
      representableScale(Math.max(magnitude / limit, leastScales[channel] ?? 0), getsBias ? inputScale : 1),
    );
    const integers =
      balances && node.opType === 'Conv'
        ? roundBalanced(values, kernelShape(weight.dims), scales, limit)
        : quantizeSymmetric(values, layout, scales, limit);
    const means = input
      ? meanOutputs(node, values, { dims: weight.dims, inputDims: input.dims, means: input.means })
      : null;
    return { scales, integers, means };
  });
  if (getsBias) bias ??= new Float32Array(weight.dims[channelAxis] as number);
  const biasScales = scales.map((scale) => scale * inputScale);
  return {
    product,
    values: integers,
    limit,
    type,
    scales,
    bias: bias && { values: quantizeBias(bias, biasScales), scales: biasScales },
    meanOutputs: means,
  };
}

function kernelShape([outputs = 0, inputs = 0, ...kernel]: readonly number[]) {
  return { outputs, inputs, kernel: kernel.reduce((product, size) => product * size, 1) };
}

function largestMagnitude(values: Float32Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}
