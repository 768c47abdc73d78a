/** Zero points are whole, so a shift that they stand for is met to half a step; biases of the products behind it make up for the rest. */
import { withFloats } from '../../onnx/tensor-contents.ts';
import type { Product, Sites } from './find-sites.ts';
import { type ActivationType, type ScaleAndZero, shiftedZeroPoint } from './quantize-tensor.ts';

/** By how much tensors come out too large. */
export function shiftLeftovers(
  shifts: Sites['shifts'],
  activations: ReadonlyMap<string, ScaleAndZero>,
  type: ActivationType,
): Map<string, number> {
  return new Map(
    [...shifts].map(([name, { shift }]) => {
      const own = activations.get(name) as ScaleAndZero;
      return [name, (shiftedZeroPoint(own, shift, type) - own.zeroPoint) * own.scale - shift];
    }),
  );
}

/** @returns the bias of a convolution whose input is too large by `leftover`; at its padding, which is zero all the same, a little too small */
export function takeLeftover(
  { node, weight }: Product,
  bias: Float32Array | null,
  leftover: number,
): Float32Array | null {
  if (leftover === 0 || node.opType !== 'Conv') return bias;
  const outputCount = weight.dims[0] as number;
  return withFloats(weight, (values) => {
    const size = values.length / outputCount;
    return Float32Array.from({ length: outputCount }, (_, channel) => {
      const own = values.subarray(channel * size, (channel + 1) * size);
      return (bias?.[channel] ?? 0) - leftover * own.reduce((sum, value) => sum + value, 0);
    });
  });
}
