/** Between ONNX Runtime's tensors, raw bytes and plain numbers. */
import { AppError } from '#shared/app-error.ts';
import type { EngineTensor } from '#shared/engine-protocol.ts';
import { decodeFloat16 } from '../onnx/half.ts';
import type { Tensor } from './onnxruntime-types.ts';

/** Of every element type that can be read as numbers. */
export type Numbers =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

type NumberReader = (bytes: Uint8Array) => Numbers;

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
 * @returns the values, a view on the bytes where their type has one; int64 and uint64 beyond 2^53 lose their last digits
 * Errors: `unsupported` for strings and packed 4-bit integers.
 */
export function readNumbers(dtype: string, bytes: Uint8Array): Numbers {
  const read = readers[dtype];
  if (!read) throw new AppError('unsupported', `Values of element type ${dtype} cannot be compared as numbers.`);
  return read(bytes);
}

/** The bytes of a CPU tensor, as a view. Errors: `unsupported` for strings. */
export function bytesOf(name: string, tensor: Tensor): Uint8Array {
  const { data } = tensor;
  if (Array.isArray(data)) {
    throw new AppError('unsupported', `“${name}” holds strings, which Whittle cannot compare.`);
  }
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** A copy that can be sent to another process. */
export function toEngineTensor(name: string, tensor: Tensor): EngineTensor {
  return { dtype: tensor.type, shape: [...tensor.dims], bytes: bytesOf(name, tensor).slice() };
}

/** Typed arrays need an offset that is a multiple of their element size; a misaligned view is copied (slice() of a Buffer is none). */
function aligned(bytes: Uint8Array, elementSize: number): [ArrayBufferLike, number, number] {
  const view = bytes.byteOffset % elementSize === 0 ? bytes : new Uint8Array(bytes);
  return [view.buffer, view.byteOffset, Math.floor(view.byteLength / elementSize)];
}
