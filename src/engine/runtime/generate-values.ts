/** Input values from a seed: the same seed, inputs and shapes give the same bytes on every machine. */
import { AppError } from '#shared/app-error.ts';
import { createRandom } from '#shared/statistics/random.ts';
import type { ResolvedInput } from './resolve-shapes.ts';
import { encodeFloat16 } from '../onnx/half.ts';

type IntegerRule = {
  mark: RegExp;
  describe: string;
  valueAt: (index: number, shape: readonly number[]) => number;
};

/** Integers mean something; by the input's name these are what the common exporters mean. First match. */
const integerRules: readonly IntegerRule[] = [
  { mark: /mask/i, describe: 'ones', valueAt: () => 1 },
  { mark: /token_?type|segment/i, describe: 'zeros', valueAt: () => 0 },
  {
    mark: /position/i,
    describe: 'positions',
    valueAt: (index, shape) => index % Math.max(1, shape.at(-1) ?? 1),
  },
  { mark: /^sr$|sample_?rate/i, describe: '16000', valueAt: () => 16_000 },
  { mark: /len(gth)?s?$/i, describe: 'ones', valueAt: () => 1 },
];
/** Small enough to be valid as an index into most tables. */
const LARGEST_INDEX = 9;

const integerArrays = {
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
} as const;
const bigIntegerArrays = { int64: BigInt64Array, uint64: BigUint64Array } as const;

/**
 * Floats are drawn from the standard normal distribution (what models see after normalization), bytes uniformly from their
 * range, booleans are true, wider integers follow their name or are small indices.
 * @returns little-endian elements in row-major order
 * Errors: `unsupported`, naming the input, for strings, 4-bit integers and anything else, and for more values than fit into memory.
 */
export function generateValues(input: ResolvedInput, seed: number): Uint8Array {
  try {
    return drawValues(input, createRandom(seedFor(input.name, seed)));
  } catch (error) {
    // What JavaScript answers when it cannot have that much memory.
    if (!(error instanceof RangeError)) throw error;
    throw new AppError(
      'unsupported',
      `The input “${input.name}” of shape ${input.shape.join(' × ')} does not fit into memory. Give it a smaller batch or smaller dimensions, if the model leaves them open.`,
    );
  }
}

function drawValues(input: ResolvedInput, random: () => number): Uint8Array {
  const { name, dtype, shape } = input;
  const length = shape.reduce((product, size) => product * size, 1);
  switch (dtype) {
    case 'float32':
      return viewBytes(Float32Array.from({ length }, normalFrom(random)));
    case 'float64':
      return viewBytes(Float64Array.from({ length }, normalFrom(random)));
    case 'float16':
      return viewBytes(encodeFloat16(Float32Array.from({ length }, normalFrom(random))));
    case 'uint8':
      return Uint8Array.from({ length }, () => Math.floor(random() * 256));
    case 'int8':
      return viewBytes(Int8Array.from({ length }, () => Math.floor(random() * 256) - 128));
    case 'bool':
      return new Uint8Array(length).fill(1);
    case 'int16':
    case 'uint16':
    case 'int32':
    case 'uint32':
      return viewBytes(fill(new integerArrays[dtype](length), integersFor(input, random)));
    case 'int64':
    case 'uint64': {
      const valueAt = integersFor(input, random);
      return viewBytes(fill(new bigIntegerArrays[dtype](length), (index) => BigInt(valueAt(index))));
    }
    default:
      throw new AppError(
        'unsupported',
        `The input “${name}” has element type ${dtype}, for which Whittle cannot make values. Give it a dataset, or export the model with numeric inputs.`,
      );
  }
}

/** What `generateValues` makes for an input, in words. */
export function describeValues({ name, dtype }: Pick<ResolvedInput, 'name' | 'dtype'>): string {
  if (dtype.startsWith('float')) return 'standard normal';
  if (dtype === 'bool') return 'true';
  if (dtype === 'int8' || dtype === 'uint8') return 'all bytes alike';
  return integerRules.find(({ mark }) => mark.test(name))?.describe ?? 'small indices';
}

function integersFor({ name, shape }: ResolvedInput, random: () => number): (index: number) => number {
  const rule = integerRules.find(({ mark }) => mark.test(name));
  return (index) => (rule ? rule.valueAt(index, shape) : Math.floor(random() * (LARGEST_INDEX + 1)));
}

function fill<Value, Values extends { length: number; [index: number]: Value }>(
  values: Values,
  valueAt: (index: number) => Value,
): Values {
  for (let index = 0; index < values.length; index += 1) values[index] = valueAt(index);
  return values;
}

/** Box and Muller 1958; one of the two values it gives is enough. */
function normalFrom(random: () => number) {
  return (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** FNV-1a over the input's name, so that inputs differ from one another and do not depend on their order. */
function seedFor(name: string, seed: number): number {
  let hash = 0x811c_9dc5 ^ seed;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x0100_0193);
  }
  return hash >>> 0;
}

function viewBytes(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
