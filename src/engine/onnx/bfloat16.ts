/** bfloat16: the upper half of a binary32, with its range and 8 bits of mantissa. */

/** Beyond, rounding would give infinity. */
export const LARGEST_BFLOAT16 = 3.389_531_389_251_535_5e38;

/** Rounds to the nearest bfloat16, ties to even; infinities and NaN stay what they are. */
export function encodeBfloat16(values: Float32Array): Uint16Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const bits = new Uint16Array(values.length);
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] as number;
    const isNaN = (word & 0x7fff_ffff) > 0x7f80_0000;
    // A NaN whose payload is in the lower half must not become an infinity.
    bits[index] = isNaN ? (word >>> 16) | 0x40 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  }
  return bits;
}
