/**
 * The arithmetic of linear quantization: q = clamp(round(x / scale) + zeroPoint), rounded half to even as QuantizeLinear does.
 * Source: https://onnx.ai/onnx/operators/onnx__QuantizeLinear.html
 */
import type { Range } from '../calibration/choose-range.ts';
import { SMALLEST_SCALE } from '../representable-scale.ts';
import { roundHalfToEven } from '../../onnx/round-half-to-even.ts';

export const ACTIVATION_TYPES = {
  uint8: { lowest: 0, highest: 255 },
  int8: { lowest: -128, highest: 127 },
  uint16: { lowest: 0, highest: 65_535 },
  int16: { lowest: -32_768, highest: 32_767 },
} as const;
export type ActivationType = keyof typeof ACTIVATION_TYPES;

/** Largest magnitudes that weights take; symmetric ranges, so the most negative integer is left out. */
export const WEIGHT_LIMITS = { int8: 127, uint8: 127, int4: 7 } as const;
export type WeightType = keyof typeof WEIGHT_LIMITS;

export type ScaleAndZero = { scale: number; zeroPoint: number };

/**
 * Scale and zero point of a range that holds zero. A tensor that is zero all over gets scale 1.
 * @param isSymmetric whether the range is as far below zero as above it and the zero point in the middle of the type, which rounding the quotient may miss by one
 */
export function scaleOf(range: Range, type: ActivationType, isSymmetric = false): ScaleAndZero {
  const { lowest, highest } = ACTIVATION_TYPES[type];
  const scale = Math.fround((range.maximum - range.minimum) / (highest - lowest));
  const isZero = !(scale >= SMALLEST_SCALE);
  if (isSymmetric) return { scale: isZero ? 1 : scale, zeroPoint: middleOf(type) };
  if (isZero) return { scale: 1, zeroPoint: Math.max(0, lowest) };
  const zeroPoint = Math.max(lowest, Math.min(highest, lowest + roundHalfToEven(-range.minimum / scale)));
  return { scale, zeroPoint };
}

function middleOf(type: ActivationType): number {
  const { lowest, highest } = ACTIVATION_TYPES[type];
  return (lowest + highest + 1) / 2;
}

/** What stands for zero before a shift, where `zeroPoint` stands for zero after it; rounded to whole steps. */
export function shiftedZeroPoint({ scale, zeroPoint }: ScaleAndZero, shift: number, type: ActivationType): number {
  const { lowest, highest } = ACTIVATION_TYPES[type];
  return Math.max(lowest, Math.min(highest, zeroPoint + Math.round(shift / scale)));
}

/**
 * One value, which one step away from the zero point stands for exactly.
 * @param isSymmetric whether the zero point has to be in the middle of the type
 */
export function quantizeConstant(
  value: number,
  type: ActivationType,
  isSymmetric: boolean,
): ScaleAndZero & { integer: number } {
  const { lowest } = ACTIVATION_TYPES[type];
  const scale = Math.fround(Math.abs(value));
  const isZero = !(scale >= SMALLEST_SCALE);
  const least = lowest + (value < 0 && !isZero ? 1 : 0);
  const zeroPoint = isSymmetric ? middleOf(type) : Math.max(0, least);
  return isZero
    ? { scale: 1, zeroPoint, integer: zeroPoint }
    : { scale, zeroPoint, integer: zeroPoint + Math.sign(value) };
}

/** Index of the channel of each element: `floor(index / inner) % count`. */
export type ChannelLayout = { count: number; inner: number };

export function channelsOf(dims: readonly number[], axis: number | null): ChannelLayout {
  if (axis === null) return { count: 1, inner: 1 };
  return { count: dims[axis] as number, inner: dims.slice(axis + 1).reduce((total, size) => total * size, 1) };
}

/** The largest magnitude in each channel. */
export function channelMagnitudes(values: Float32Array, { count, inner }: ChannelLayout): Float64Array {
  const magnitudes = new Float64Array(count);
  for (let index = 0, channel = 0; index < values.length;) {
    let most = magnitudes[channel] as number;
    for (const end = index + inner; index < end; index += 1) most = Math.max(most, Math.abs(values[index] as number));
    magnitudes[channel] = most;
    channel = channel + 1 === count ? 0 : channel + 1;
  }
  return magnitudes;
}

/** int8, symmetric: ±`limit`. */
export function quantizeSymmetric(
  values: Float32Array,
  { count, inner }: ChannelLayout,
  scales: Float32Array,
  limit: number,
): Int8Array {
  const quantized = new Int8Array(values.length);
  for (let index = 0, channel = 0; index < values.length;) {
    const scale = scales[channel] as number;
    for (const end = index + inner; index < end; index += 1) {
      quantized[index] = Math.max(-limit, Math.min(limit, roundHalfToEven((values[index] as number) / scale)));
    }
    channel = channel + 1 === count ? 0 : channel + 1;
  }
  return quantized;
}

/** The value that ONNX Runtime's kernels take for the bias: int32 in steps of input scale times weight scale, zero point 0. */
export function quantizeBias(bias: Float32Array, scales: Float32Array): Int32Array {
  return Int32Array.from(bias, (value, channel) => {
    const scale = scales[scales.length === 1 ? 0 : channel] as number;
    return Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, roundHalfToEven(value / scale)));
  });
}

/** A bias that would not fit into int32 makes the weight's scale larger: one of these steps is the least that fits. */
export function scaleThatFitsBias(bias: number, inputScale: number): number {
  return Math.abs(bias) / (inputScale * 2 ** 30);
}
