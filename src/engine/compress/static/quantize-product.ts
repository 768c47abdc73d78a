/** The integers of a product's weight and bias. */
import { floatsOf, withFloats } from '../../onnx/tensor-contents.ts';
import { roundBalanced } from './balance-rounding.ts';
import type { Product } from './find-sites.ts';
import type { QuantizedProduct } from './insert-qdq.ts';
import {
  channelMagnitudes,
  channelsOf,
  quantizeBias,
  quantizeSymmetric,
  type ScaleAndZero,
  scaleThatFitsBias,
} from './quantize-tensor.ts';
import { takeLeftover } from './shift-leftovers.ts';

type RoundingOptions = { perChannel: boolean; weightLimit: number; balances: boolean; correctsBias: boolean };

/** @param activations the scale of each tensor that is kept in integers @param leftovers what shifts of inputs leave over, by tensor */
export function quantizeProduct(
  product: Product,
  activations: ReadonlyMap<string, ScaleAndZero>,
  { perChannel, weightLimit, balances, correctsBias }: RoundingOptions,
  leftovers: ReadonlyMap<string, number>,
): QuantizedProduct {
  const { node, weight, channelAxis } = product;
  const layout = channelsOf(weight.dims, perChannel ? channelAxis : null);
  const inputScale = activations.get(node.inputs[0] ?? '')?.scale as number;
  let bias = product.bias ? floatsOf(product.bias) : null;
  // Where biases are corrected on data, what shifts leave over is a part of what is found.
  if (!correctsBias) bias = takeLeftover(product, bias, leftovers.get(product.input) ?? 0);
  // One for each channel, or the one that all biases need.
  const biasesOfScales = bias === null ? [] : perChannel ? bias : [largestMagnitude(bias)];
  const leastScales = Float64Array.from(biasesOfScales, (value) => scaleThatFitsBias(value, inputScale));
  const { scales, integers } = withFloats(weight, (values) => {
    const scales = Float32Array.from(channelMagnitudes(values, layout), (magnitude, channel) => {
      const scale = Math.max(magnitude / weightLimit, leastScales[channel] ?? 0);
      return scale < 2 ** -126 ? 1 : scale;
    });
    const integers =
      balances && node.opType === 'Conv'
        ? roundBalanced(values, kernelShape(weight.dims), scales, weightLimit)
        : quantizeSymmetric(values, layout, scales, weightLimit);
    return { scales, integers };
  });
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

function largestMagnitude(values: Float32Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}
