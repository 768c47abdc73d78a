/** NumPy's format for one array, versions 1.0 to 3.0. Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
import { AppError } from '#shared/app-error.ts';
import type { EngineTensor } from '#shared/engine-protocol.ts';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Element types by NumPy's kind and size. */
const dtypes: Record<string, string> = {
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  b1: 'bool',
};

export function isNpy(bytes: Uint8Array): boolean {
  return MAGIC.every((value, index) => bytes[index] === value);
}

/**
 * @param bytes the whole file
 * @param name how the array is called in messages
 * @returns elements little-endian in row-major order, whichever order the file has, in memory of their own
 * Errors: `invalid-input` for damage, `unsupported` for other element types and big-endian values; each a sentence.
 */
export function parseNpy(bytes: Uint8Array, name: string): EngineTensor {
  if (!isNpy(bytes)) throw damaged(name, 'it does not begin as a .npy array does');
  const { text, dataAt } = readHeader(bytes, name);
  const descr = /['"]descr['"]\s*:\s*(?:['"]([^'"]*)['"]|(\[))/.exec(text);
  const order = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(text)?.[1];
  const sizes = /['"]shape['"]\s*:\s*\(([^)]*)\)/.exec(text)?.[1];
  if (!descr || order === undefined || sizes === undefined) throw damaged(name, 'its header is damaged');
  const { dtype, elementBytes } = elementTypeOf(descr[1] ?? 'a record', name);
  const shape = sizes
    .split(',')
    .map((size) => size.trim())
    .filter((size) => size !== '')
    .map((size) => (/^\d+L?$/.test(size) ? Number.parseInt(size, 10) : Number.NaN));
  const count = shape.reduce((product, size) => product * size, 1);
  if (!Number.isSafeInteger(count)) throw damaged(name, `its shape (${sizes}) cannot be meant`);
  const data = bytes.slice(dataAt);
  if (data.length !== count * elementBytes) {
    throw damaged(
      name,
      `its shape [${shape.join(', ')}] of ${dtype} takes ${count * elementBytes} bytes, and it holds ${data.length}`,
    );
  }
  return { dtype, shape, bytes: order === 'True' ? toRowMajor(data, shape, elementBytes) : data };
}

function readHeader(bytes: Uint8Array, name: string): { text: string; dataAt: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const major = bytes[6] ?? 0;
  if (major < 1 || major > 3) {
    throw new AppError(
      'unsupported',
      `The array “${name}” has version ${major} of the .npy format; 1 to 3 can be read.`,
    );
  }
  const textAt = major === 1 ? 10 : 12;
  if (bytes.length < textAt) throw damaged(name, 'it ends inside its header');
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const dataAt = textAt + length;
  if (bytes.length < dataAt) throw damaged(name, 'it ends inside its header');
  const encoding = major === 3 ? 'utf-8' : 'latin1';
  return { text: new TextDecoder(encoding).decode(bytes.subarray(textAt, dataAt)), dataAt };
}

function elementTypeOf(descr: string, name: string): { dtype: string; elementBytes: number } {
  const dtype = dtypes[descr.slice(1)];
  if (dtype === undefined || !/^[<>=|]/.test(descr)) {
    throw new AppError(
      'unsupported',
      `The array “${name}” has NumPy's element type “${descr}”, which no input takes; floats of 2, 4 or 8 bytes, integers and bool can be read.`,
    );
  }
  const elementBytes = Number(descr.slice(2));
  if (descr.startsWith('>') && elementBytes > 1) {
    throw new AppError(
      'unsupported',
      `The array “${name}” is big-endian (“${descr}”). Save it again as a.astype(a.dtype.newbyteorder('<')).`,
    );
  }
  return { dtype, elementBytes };
}

/** Fortran's order has the first index running fastest. */
function toRowMajor(data: Uint8Array, shape: readonly number[], elementBytes: number): Uint8Array {
  const result = new Uint8Array(data.length);
  const position = shape.map(() => 0);
  const steps = shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1));
  let source = 0;
  for (let target = 0; target < result.length; target += elementBytes) {
    for (let byte = 0; byte < elementBytes; byte += 1) {
      result[target + byte] = data[source * elementBytes + byte] as number;
    }
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      const step = steps[axis] as number;
      position[axis] = (position[axis] as number) + 1;
      source += step;
      if ((position[axis] as number) < (shape[axis] as number)) break;
      source -= step * (shape[axis] as number);
      position[axis] = 0;
    }
  }
  return result;
}

function damaged(name: string, what: string): AppError {
  return new AppError('invalid-input', `The array “${name}” cannot be read: ${what}.`);
}
