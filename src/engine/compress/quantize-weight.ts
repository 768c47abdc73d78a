/**
 * Linear quantization of a weight: q = clamp(round(w / scale) + zeroPoint), rounded half to even as ONNX's QuantizeLinear does.
 * Source: Jacob et al. 2018, "Quantization and training of neural networks for efficient integer-arithmetic-only inference";
 * https://onnx.ai/onnx/operators/onnx__QuantizeLinear.html
 */

import { representableScale } from './representable-scale.ts';
import { roundHalfToEven } from '../onnx/round-half-to-even.ts';

export type IntegerType = 'int8' | 'uint8';

export type QuantizedWeight = {
  values: Int8Array | Uint8Array;
  /** One for each channel, or one for all. */
  scales: Float32Array;
  zeroPoints: Int8Array | Uint8Array;
};

/**
 * @param weight row-major elements
 * @param about.dims of the weight; `axis` is the one with a scale for each index, or null for one scale in all
 * @param about.isReduced 7 bits: ±63, or [0, 127]. On x86 CPUs without VNNI products of 8-bit values are summed in pairs
 *   in 16 bits, which saturates with 8-bit weights and cannot with 7
 *
 * int8 is symmetric (zero point 0, ±127); uint8 takes the range from minimum to maximum, zero included, so that zero is exact.
 */
export function quantizeWeight(
  weight: Float32Array,
  about: { dims: readonly number[]; axis: number | null; type: IntegerType; isReduced: boolean },
): QuantizedWeight {
  const { dims, axis, type } = about;
  const channelCount = axis === null ? 1 : (dims[axis] as number);
  const inner = axis === null ? weight.length : product(dims.slice(axis + 1));
  const channelOf = (index: number): number => (axis === null ? 0 : Math.floor(index / inner) % channelCount);
  const low = new Float64Array(channelCount);
  const high = new Float64Array(channelCount);
  for (let index = 0; index < weight.length; index += 1) {
    const channel = channelOf(index);
    const value = weight[index] as number;
    if (value < (low[channel] as number)) low[channel] = value;
    if (value > (high[channel] as number)) high[channel] = value;
  }
  const range = integerRange(type, about.isReduced);
  const scales = new Float32Array(channelCount);
  const zeroPoints = type === 'int8' ? new Int8Array(channelCount) : new Uint8Array(channelCount);
  for (let channel = 0; channel < channelCount; channel += 1) {
    const [minimum, maximum] = [low[channel] as number, high[channel] as number];
    const width = type === 'int8' ? 2 * Math.max(-minimum, maximum) : maximum - minimum;
    const steps = type === 'int8' ? 2 * range.maximum : range.maximum - range.minimum;
    scales[channel] = representableScale(width / steps);
    if (type === 'uint8') zeroPoints[channel] = clamp(roundHalfToEven(-minimum / (scales[channel] as number)), range);
  }
  const values = type === 'int8' ? new Int8Array(weight.length) : new Uint8Array(weight.length);
  for (let index = 0; index < weight.length; index += 1) {
    const channel = channelOf(index);
    const rounded = roundHalfToEven((weight[index] as number) / (scales[channel] as number));
    values[index] = clamp(rounded + (zeroPoints[channel] as number), range);
  }
  return { values, scales, zeroPoints };
}

/** -128 is left out of int8, so that the range is symmetric. */
function integerRange(type: IntegerType, isReduced: boolean): { minimum: number; maximum: number } {
  if (type === 'int8') return isReduced ? { minimum: -63, maximum: 63 } : { minimum: -127, maximum: 127 };
  return { minimum: 0, maximum: isReduced ? 127 : 255 };
}

function clamp(value: number, { minimum, maximum }: { minimum: number; maximum: number }): number {
  return Math.min(maximum, Math.max(minimum, value));
}

function product(values: readonly number[]): number {
  return values.reduce((total, value) => total * value, 1);
}
