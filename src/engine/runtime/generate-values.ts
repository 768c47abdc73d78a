/** Input values from a seed: the same seed, inputs and shapes give the same bytes on every machine. */
import { AppError } from '#shared/app-error.ts';
import { formatBytes } from '#shared/format.ts';
import { createRandom } from '#shared/statistics/random.ts';
import { encodeFloat16 } from '../onnx/half.ts';
import { describeIntegers, drawIntegers } from './draw-integers.ts';
import type { ResolvedInput } from './resolve-shapes.ts';

/** A fraction of a second of work; beyond it values repeat. */
const MOST_DRAWN = 2 ** 22;
const LARGEST_INPUT_BYTES = 2 ** 31;

const integerArrays = {
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
} as const;
const bigIntegerArrays = { int64: BigInt64Array, uint64: BigUint64Array } as const;

/**
 * Floats are drawn from the standard normal distribution (what models see after normalization) but for masks, which are ones, bytes uniformly from their
 * range, booleans are true, wider integers follow their name or are small indices, within the rows of the table that they go into. After 2²² values they begin again.
 * @returns little-endian elements in row-major order
 * Errors: `unsupported`, naming the input, for strings, 4-bit integers and anything else, and beyond 2 GiB.
 */
export function generateValues(input: ResolvedInput, seed: number): Uint8Array {
  const count = countOf(input.shape);
  const rowSize = Math.max(1, input.shape.at(-1) ?? 1);
  // Whole rows, so that positions go on counting.
  const most = rowSize > MOST_DRAWN ? MOST_DRAWN : MOST_DRAWN - (MOST_DRAWN % rowSize);
  const draw = (length: number): Uint8Array => drawValues(input, length, createRandom(seedFor(input.name, seed)));
  if (count <= most) return draw(count);
  const sizeBytes = count * draw(1).length;
  requireFitting(input, sizeBytes);
  return repeat(draw(most), sizeBytes);
}

function drawValues(input: ResolvedInput, length: number, random: () => number): Uint8Array {
  const { name, dtype } = input;
  switch (dtype) {
    case 'float32':
      return viewBytes(Float32Array.from({ length }, floatsOf(input, random)));
    case 'float64':
      return viewBytes(Float64Array.from({ length }, floatsOf(input, random)));
    case 'float16':
      return viewBytes(encodeFloat16(Float32Array.from({ length }, floatsOf(input, random))));
    case 'uint8':
      return Uint8Array.from(drawIntegers(input, length, random));
    case 'int8':
      return viewBytes(Int8Array.from(drawIntegers(input, length, random)));
    case 'bool':
      return new Uint8Array(length).fill(1);
    case 'int16':
    case 'uint16':
    case 'int32':
    case 'uint32':
      return viewBytes(integerArrays[dtype].from(drawIntegers(input, length, random)));
    case 'int64':
    case 'uint64':
      return viewBytes(bigIntegerArrays[dtype].from(drawIntegers(input, length, random).map(BigInt)));
    default:
      throw new AppError(
        'unsupported',
        `The input “${name}” has element type ${dtype}, for which Whittle cannot make values. Give it a dataset, or export the model with numeric inputs.`,
      );
  }
}

function requireFitting({ name, shape }: ResolvedInput, sizeBytes: number): void {
  if (sizeBytes <= LARGEST_INPUT_BYTES) return;
  throw new AppError(
    'unsupported',
    `The input “${name}” of shape ${shape.join(' × ')} takes ${formatBytes(sizeBytes)}; Whittle makes ${formatBytes(LARGEST_INPUT_BYTES)} at most. Give it a smaller batch or smaller dimensions, if the model leaves them open.`,
  );
}

function repeat(drawn: Uint8Array, sizeBytes: number): Uint8Array {
  const values = new Uint8Array(sizeBytes);
  values.set(drawn);
  for (let filled = drawn.length; filled < sizeBytes; filled *= 2) values.copyWithin(filled, 0, filled);
  return values;
}

/**
 * What `generateValues` makes for an input, in words, and the range that values are drawn from: null where it has no ends.
 * Errors: those of `generateValues`.
 */
export function describeValues(input: ResolvedInput): {
  source: string;
  lowest: number | null;
  highest: number | null;
} {
  const { dtype, shape } = input;
  requireFitting(input, countOf(shape) * drawValues(input, 1, () => 0).length);
  const described = (kind: string, lowest: number | null, highest: number | null) => ({
    source: `generated, ${kind}`,
    lowest,
    highest,
  });
  switch (dtype) {
    case 'float32':
    case 'float64':
    case 'float16':
      return isMask(input) ? described('ones', 1, 1) : described('standard normal', null, null);
    case 'bool':
      return described('true', 1, 1);
    default: {
      const { kind, lowest, highest } = describeIntegers(input);
      return described(kind, lowest, highest);
    }
  }
}

function countOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function floatsOf(input: ResolvedInput, random: () => number): () => number {
  return isMask(input) ? () => 1 : normalFrom(random);
}

/** Ones let everything through a mask that is multiplied by, and leave a softmax what it is where a mask is added before it. */
function isMask({ name }: ResolvedInput): boolean {
  return /mask/i.test(name);
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
