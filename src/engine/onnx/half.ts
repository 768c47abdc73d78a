/** Half precision, IEEE 754 binary16. */
import { roundHalfToEven } from './round-half-to-even.ts';

/** IEEE 754 binary16 to binary32 values, subnormals, infinities and NaN included. */
export function decodeFloat16(bits: Uint16Array): Float32Array {
  const values = new Float32Array(bits.length);
  for (let index = 0; index < bits.length; index += 1) {
    const half = bits[index] as number;
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) values[index] = sign * fraction * 2 ** -24;
    else if (exponent === 0x1f) values[index] = fraction === 0 ? sign * Infinity : Number.NaN;
    else values[index] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return values;
}

/** Rounds to the nearest binary16, ties to even; beyond the range becomes infinity. */
export function encodeFloat16(values: ArrayLike<number>): Uint16Array {
  const bits = new Uint16Array(values.length);
  const single = new Float32Array(1);
  const word = new Uint32Array(single.buffer);
  for (let index = 0; index < values.length; index += 1) {
    single[0] = values[index] as number;
    bits[index] = roundToHalf(word[0] as number);
  }
  return bits;
}

function roundToHalf(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fff_ffff;
  if (magnitude > 0x7f80_0000) return sign | 0x7e00;
  // 65520 and above round to infinity.
  if (magnitude >= 0x477f_f000) return sign | 0x7c00;
  if (magnitude < 0x3880_0000) {
    // Subnormal: the exponent stays at its smallest and the value becomes a multiple of 2^-24.
    const float = new Float32Array(Uint32Array.of(magnitude).buffer)[0] as number;
    return sign | roundHalfToEven(float * 2 ** 24);
  }
  const rounded = magnitude + 0x0fff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x3800_0000) >>> 13);
}
