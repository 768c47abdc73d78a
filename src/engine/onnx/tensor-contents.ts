/** What is in a tensor, whichever of the fields of the IR it is kept in. */
import { AppError } from '#shared/app-error.ts';
import { ELEMENT_TYPES, type ElementType, elementTypeName, elementTypeOf, rawByteLength } from './element-types.ts';
import { elementCount } from './element-count.ts';
import { externalContents } from './external-data.ts';
import { createTensor, type TensorProto } from './ir.ts';
import { decodeFloat16 } from './half.ts';
import { releaseScratch, takeScratch } from './scratch-buffer.ts';

/** Bytes that the elements take in raw form. Errors: `invalid-model` for an unknown element type. */
export function contentByteLength(tensor: TensorProto): number {
  const type = requireElementType(tensor);
  if (type === 'string') return tensor.stringData.reduce((sum, text) => sum + text.byteLength, 0);
  return rawByteLength(type, elementCount(tensor));
}

export function requireElementType(tensor: TensorProto): ElementType {
  const type = elementTypeOf(tensor.dataType);
  if (type !== undefined) return type;
  throw new AppError(
    'invalid-model',
    `The weight “${tensor.name}” has the unknown element type ${elementTypeName(tensor.dataType)}.`,
  );
}

/**
 * Little-endian elements, row-major; a view where the file has them in this form. Never write into it.
 * Errors: `invalid-model` when the tensor holds more or fewer elements than its dims say.
 */
export function rawBytesOf(tensor: TensorProto): Uint8Array {
  const type = requireElementType(tensor);
  if (type === 'string') throw new AppError('unsupported', `The tensor “${tensor.name}” holds texts, not numbers.`);
  const bytes = findBytes(tensor, type);
  requireLength(tensor, type, bytes.byteLength);
  return bytes;
}

function requireLength(tensor: TensorProto, type: ElementType, byteLength: number): void {
  const expected = rawByteLength(type, elementCount(tensor));
  if (byteLength === expected) return;
  throw new AppError(
    'invalid-model',
    `The weight “${tensor.name}” holds ${byteLength} bytes where [${tensor.dims.join(', ')}] of ${type} need ${expected}.`,
  );
}

/** The tensor as it is now, for whoever reads it after edits. It does not belong to a model. */
export function snapshotOf(tensor: TensorProto): TensorProto {
  const { dims, dataType, name, floatData, int32Data, int64Data, doubleData, uint64Data, stringData } = tensor;
  const rawData = externalContents(tensor) ?? tensor.rawData;
  const typed = { floatData, int32Data, int64Data, doubleData, uint64Data, stringData };
  return createTensor({ dims: [...dims], dataType, name, rawData, ...typed });
}

function findBytes(tensor: TensorProto, type: ElementType): Uint8Array {
  const contents = externalContents(tensor) ?? tensor.rawData;
  if (contents !== undefined) return contents instanceof Uint8Array ? contents : contents.read();
  switch (type) {
    case 'float32':
    case 'complex64':
      return tensor.floatData;
    case 'float64':
    case 'complex128':
      return tensor.doubleData;
    case 'int64':
      return packVarints(tensor.int64Data, 8);
    case 'uint32':
    case 'uint64':
      return packVarints(tensor.uint64Data, ELEMENT_TYPES[type].bits / 8);
    default:
      // Types up to 32 bits: one element an int32, or as many of 4 and 2 bits as one byte holds.
      return packVarints(tensor.int32Data, Math.max(1, ELEMENT_TYPES[type].bits / 8));
  }
}

/** @param elementBytes that are kept of each number; narrower elements are in its low bits */
function packVarints(packed: Uint8Array, elementBytes: number): Uint8Array {
  let count = 0;
  for (const byte of packed) if (byte < 0x80) count += 1;
  const bytes = new Uint8Array(count * elementBytes);
  let start = 0;
  let shift = 0;
  for (const byte of packed) {
    // 7 bits go to one or two bytes of the element; those beyond it are the sign of a negative number.
    const at = shift >> 3;
    const spread = (byte & 0x7f) << (shift & 7);
    if (at < elementBytes) bytes[start + at] = (bytes[start + at] as number) | (spread & 0xff);
    if (at + 1 < elementBytes) bytes[start + at + 1] = (bytes[start + at + 1] as number) | (spread >> 8);
    shift += 7;
    if (byte >= 0x80) continue;
    shift = 0;
    start += elementBytes;
  }
  return bytes;
}

/**
 * The elements of a floating tensor as float32; a view where possible.
 * Errors: `unsupported` for other element types.
 */
export function floatsOf(tensor: TensorProto): Float32Array {
  return decodeFloats(tensor, requireElementType(tensor), rawBytesOf(tensor));
}

/** Of a weight whose elements do not begin where float32 can be viewed, as much is copied at once as stays in the caches. */
const COPIED_BYTES = 2 ** 18;

/**
 * The elements of a floating tensor as float32, a part after the other; a part is valid until the next is asked for. What is
 * not in memory is not brought there as a whole. Errors: those of `floatsOf`.
 */
export function* floatPiecesOf(tensor: TensorProto): Generator<Float32Array> {
  const type = requireElementType(tensor);
  const contents = externalContents(tensor) ?? tensor.rawData;
  if (isMisaligned(type, contents)) {
    yield* copiedPieces(rawBytesOf(tensor));
    return;
  }
  if (contents === undefined || contents instanceof Uint8Array) {
    yield floatsOf(tensor);
    return;
  }
  requireLength(tensor, type, contents.byteLength);
  for (const piece of contents.pieces()) yield decodeFloats(tensor, type, piece);
}

function* copiedPieces(bytes: Uint8Array): Generator<Float32Array> {
  const buffer = takeScratch(Math.min(COPIED_BYTES, bytes.byteLength));
  try {
    for (let start = 0; start < bytes.byteLength; start += COPIED_BYTES) {
      const part = bytes.subarray(start, start + COPIED_BYTES);
      new Uint8Array(buffer).set(part);
      yield new Float32Array(buffer, 0, part.byteLength / 4);
    }
  } finally {
    releaseScratch(buffer);
  }
}

/**
 * Calls with the elements of a floating tensor as float32, which are valid during the call: what had to be read or copied for it is in a
 * buffer that is used again. Errors: those of `floatsOf`.
 */
export function withFloats<Result>(tensor: TensorProto, use: (values: Float32Array) => Result): Result {
  const contents = externalContents(tensor) ?? tensor.rawData;
  const isInMemory = contents === undefined || contents instanceof Uint8Array;
  if (isInMemory && !isMisaligned(requireElementType(tensor), contents)) return use(floatsOf(tensor));
  const length = elementCount(tensor);
  let buffer: ArrayBuffer | null = null;
  let position = 0;
  try {
    for (const piece of floatPiecesOf(tensor)) {
      // What is computed comes in one piece, and need not be copied.
      if (piece.length === length) return use(piece);
      buffer ??= takeScratch(4 * length);
      new Float32Array(buffer, 0, length).set(piece, position);
      position += piece.length;
    }
    return use(buffer === null ? new Float32Array() : new Float32Array(buffer, 0, length));
  } finally {
    if (buffer) releaseScratch(buffer);
  }
}

/** Copies the elements of a floating tensor into an array of exactly their number. Errors: those of `floatsOf`. */
export function readFloatsInto(tensor: TensorProto, target: Float32Array): void {
  const contents = externalContents(tensor) ?? tensor.rawData;
  if (isMisaligned(requireElementType(tensor), contents)) {
    bytesOf(target).set(rawBytesOf(tensor));
    return;
  }
  let position = 0;
  for (const piece of floatPiecesOf(tensor)) {
    target.set(piece, position);
    position += piece.length;
  }
}

/** Whether the elements are float32 in memory that cannot be viewed as such. */
function isMisaligned(type: ElementType, contents: TensorProto['rawData']): contents is Uint8Array {
  return type === 'float32' && contents instanceof Uint8Array && contents.byteOffset % 4 !== 0;
}

function decodeFloats(tensor: TensorProto, type: ElementType, bytes: Uint8Array): Float32Array {
  switch (type) {
    case 'float32':
      return new Float32Array(...aligned(bytes, 4));
    case 'float64':
      return Float32Array.from(new Float64Array(...aligned(bytes, 8)));
    case 'float16':
      return decodeFloat16(new Uint16Array(...aligned(bytes, 2)));
    case 'bfloat16': {
      const words = Uint32Array.from(new Uint16Array(...aligned(bytes, 2)), (half) => half << 16);
      return new Float32Array(words.buffer);
    }
    default:
      throw new AppError('unsupported', `The tensor “${tensor.name}” holds ${type}, not floating-point numbers.`);
  }
}

/** Elements of an integer or boolean tensor as numbers. Errors: `unsupported` for other element types. */
export function integersOf(tensor: TensorProto): number[] {
  const type = requireElementType(tensor);
  const bytes = rawBytesOf(tensor);
  switch (type) {
    case 'int64':
      return Array.from(new BigInt64Array(...aligned(bytes, 8)), Number);
    case 'uint64':
      return Array.from(new BigUint64Array(...aligned(bytes, 8)), Number);
    case 'int32':
      return Array.from(new Int32Array(...aligned(bytes, 4)));
    case 'uint32':
      return Array.from(new Uint32Array(...aligned(bytes, 4)));
    case 'int16':
      return Array.from(new Int16Array(...aligned(bytes, 2)));
    case 'uint16':
      return Array.from(new Uint16Array(...aligned(bytes, 2)));
    case 'int8':
      return Array.from(new Int8Array(...aligned(bytes, 1)));
    case 'uint8':
    case 'bool':
      return Array.from(bytes);
    default:
      throw new AppError('unsupported', `The tensor “${tensor.name}” holds ${type}, not integers.`);
  }
}

/** A tensor with these elements. @param values little-endian elements, row-major; not copied */
export function tensorFrom(
  name: string,
  type: ElementType,
  dims: readonly number[],
  values: ArrayBufferView,
): TensorProto {
  return createTensor({
    name,
    dims: [...dims],
    dataType: ELEMENT_TYPES[type].code,
    rawData: bytesOf(values),
  });
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Typed arrays need an offset that is a multiple of their element size; a misaligned view is copied (slice() of a Buffer is none). */
function aligned(bytes: Uint8Array, elementSize: number): [ArrayBuffer, number, number] {
  const view = bytes.byteOffset % elementSize === 0 ? bytes : new Uint8Array(bytes);
  return [view.buffer as ArrayBuffer, view.byteOffset, Math.floor(view.byteLength / elementSize)];
}
