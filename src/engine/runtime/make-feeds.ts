/** Feeds for a session: from generated values or from a dataset's items. */
import { AppError } from '#shared/app-error.ts';
import type { EngineTensor } from '#shared/engine-protocol.ts';
import { generateValues } from './generate-values.ts';
import type { Ort, Session, Tensor, TensorData, TensorType } from './onnxruntime-types.ts';
import type { InputSlot, ResolvedInput } from './resolve-shapes.ts';
import { encodeFloat16 } from '../onnx/half.ts';

export type Feeds = Record<string, Tensor>;

/** The session's inputs. Errors: `unsupported`, naming the input, for sequences, maps and optionals. */
export function inputSlotsOf(session: Session): InputSlot[] {
  return session.inputMetadata.map((metadata) => {
    if (metadata.isTensor) return { name: metadata.name, dtype: metadata.type, shape: metadata.shape };
    throw new AppError(
      'unsupported',
      `The input “${metadata.name}” is not a tensor; Whittle can run models with tensor inputs only.`,
    );
  });
}

/** Errors: `unsupported`, naming the input. */
export function generateFeeds(ort: Ort, inputs: readonly ResolvedInput[], seed: number): Feeds {
  return Object.fromEntries(
    inputs.map((input) => [input.name, tensorOf(ort, input.dtype, input.shape, generateValues(input, seed))]),
  );
}

/**
 * One batch of items as the array of a model's only input.
 * @param values prepared items, row-major, `shape[0]` of them
 * Errors: `unsupported` when the input does not hold floats or bytes.
 */
export function arrayOfItems(input: ResolvedInput, values: Float32Array): EngineTensor {
  const { dtype, shape } = input;
  return { dtype, shape, bytes: convertValues(input, values) };
}

/** Feeds one batch of items to a model's only input. Errors: those of `arrayOfItems`. */
export function feedsOfItems(ort: Ort, input: ResolvedInput, values: Float32Array): Feeds {
  return feedsOfArrays(ort, { [input.name]: arrayOfItems(input, values) });
}

/** Arrays that were held against the inputs before. */
export function feedsOfArrays(ort: Ort, arrays: Record<string, EngineTensor>): Feeds {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, { dtype, shape, bytes }]) => [name, tensorOf(ort, dtype, shape, bytes)]),
  );
}

/** For feeds that are kept: those of a batch are views on all items that were read with it, which are given back. */
export function copyFeeds(ort: Ort, feeds: Feeds): Feeds {
  const copies = Object.entries(feeds).map(([name, { type, data, dims }]): [string, Tensor] => [
    name,
    new ort.Tensor(type, data.slice() as TensorData, dims),
  ]);
  return Object.fromEntries(copies);
}

function convertValues({ name, dtype }: ResolvedInput, values: Float32Array): Uint8Array {
  switch (dtype) {
    case 'float32':
      return viewBytes(values);
    case 'float16':
      return viewBytes(encodeFloat16(values));
    case 'float64':
      return viewBytes(Float64Array.from(values));
    case 'uint8':
      return viewBytes(Uint8ClampedArray.from(values));
    default:
      throw new AppError(
        'unsupported',
        `The input “${name}” has element type ${dtype}; items of a dataset can be fed as float32, float16, float64 or uint8.`,
      );
  }
}

function tensorOf(ort: Ort, dtype: string, shape: readonly number[], bytes: Uint8Array): Tensor {
  const type = dtype as TensorType;
  const TypedArray = arrayTypes[type as keyof typeof arrayTypes];
  const data = new TypedArray(
    bytes.buffer as ArrayBuffer,
    bytes.byteOffset,
    bytes.byteLength / TypedArray.BYTES_PER_ELEMENT,
  );
  return new ort.Tensor(type, data as TensorData, shape);
}

/** The array that ONNX Runtime wants for each element type; ONNX Runtime Web makes a Float16Array of float16 where there is one. */
const arrayTypes = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
} as const;

function viewBytes(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
