/** Between ONNX Runtime's tensors, raw bytes and plain numbers. */
import { AppError } from '#shared/app-error.ts';
import type { EngineTensor } from '#shared/engine-protocol.ts';
import type { OnnxRuntime } from './onnxruntime.ts';

type NumberReader = (bytes: Uint8Array) => ArrayLike<number>;

const readers: Record<string, NumberReader> = {
  float32: (bytes) => new Float32Array(...aligned(bytes, 4)),
  float64: (bytes) => new Float64Array(...aligned(bytes, 8)),
  float16: (bytes) => decodeFloat16(new Uint16Array(...aligned(bytes, 2))),
  int8: (bytes) => new Int8Array(...aligned(bytes, 1)),
  uint8: (bytes) => bytes,
  bool: (bytes) => bytes,
  int16: (bytes) => new Int16Array(...aligned(bytes, 2)),
  uint16: (bytes) => new Uint16Array(...aligned(bytes, 2)),
  int32: (bytes) => new Int32Array(...aligned(bytes, 4)),
  uint32: (bytes) => new Uint32Array(...aligned(bytes, 4)),
  int64: (bytes) => Float64Array.from(new BigInt64Array(...aligned(bytes, 8)), Number),
  uint64: (bytes) => Float64Array.from(new BigUint64Array(...aligned(bytes, 8)), Number),
};

/** Element types whose values can be read as numbers. */
export function isNumeric(dtype: string): boolean {
  return dtype in readers;
}

export function isFloating(dtype: string): boolean {
  return dtype === 'float32' || dtype === 'float64' || dtype === 'float16';
}

/**
 * @param bytes little-endian elements in row-major order
 * @returns the values; int64 and uint64 beyond 2^53 lose their last digits
 * Errors: `unsupported` for strings and packed 4-bit integers.
 */
export function readNumbers(dtype: string, bytes: Uint8Array): ArrayLike<number> {
  const read = readers[dtype];
  if (!read) throw new AppError('unsupported', `Values of element type ${dtype} cannot be compared as numbers.`);
  return read(bytes);
}

/** The bytes of a CPU tensor, as a view. Errors: `unsupported` for strings. */
export function bytesOf(name: string, tensor: OnnxRuntime.Tensor): Uint8Array {
  const { data } = tensor;
  if (Array.isArray(data)) {
    throw new AppError('unsupported', `“${name}” holds strings, which Whittle cannot compare.`);
  }
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** A copy that can be sent to another process. */
export function toEngineTensor(name: string, tensor: OnnxRuntime.Tensor): EngineTensor {
  return { dtype: tensor.type, shape: [...tensor.dims], bytes: bytesOf(name, tensor).slice() };
}

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
    return sign | roundTiesToEven(float * 2 ** 24);
  }
  const rounded = magnitude + 0x0fff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x3800_0000) >>> 13);
}

function roundTiesToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest > 0.5 || (rest === 0.5 && floor % 2 === 1)) return floor + 1;
  return floor;
}

/** Typed arrays need an offset that is a multiple of their element size; a misaligned view is copied. */
function aligned(bytes: Uint8Array, elementSize: number): [ArrayBufferLike, number, number] {
  const view = bytes.byteOffset % elementSize === 0 ? bytes : bytes.slice();
  return [view.buffer, view.byteOffset, Math.floor(view.byteLength / elementSize)];
}
