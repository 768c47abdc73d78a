/** How large the values of float32 weights are. Weights are replaced, never changed, so each is read once. */
import type { TensorProto } from './ir.ts';
import { floatPiecesOf } from './tensor-contents.ts';

const LARGEST_FLOAT32 = 3.402_823_466_385_288_6e38;
/** A step of up to 8 bits of less would be no normal float32, which kernels take as zero or divide to infinity. */
const LEAST_FOR_INTEGERS = 2 ** -118;

const bounds = new WeakMap<TensorProto, number>();

/** Whether a float32 weight holds no NaN and no infinity. */
export function isFiniteWeight(tensor: TensorProto): boolean {
  return boundOf(tensor) <= LARGEST_FLOAT32;
}

/** Why a float32 weight cannot be kept as integers with float32 scales: goes on after “its weight”. Null where it can. */
export function reasonAgainstIntegers(tensor: TensorProto): string | null {
  const bound = boundOf(tensor);
  if (bound > LARGEST_FLOAT32) return 'holds values that are not finite';
  return bound > 0 && bound < LEAST_FOR_INTEGERS ? 'holds values so small that no scale in float32 fits them' : null;
}

/**
 * Tells of a weight whose values are those of another times something that they need not be computed to see that they are finite.
 * @param factor the largest magnitude of what they are multiplied by
 */
export function boundProduct(product: TensorProto, tensor: TensorProto, factor: number): void {
  const bound = boundOf(tensor) * factor;
  if (bound <= LARGEST_FLOAT32) bounds.set(product, bound);
}

/** No value is larger in magnitude; Infinity where one is not finite. */
function boundOf(tensor: TensorProto): number {
  const known = bounds.get(tensor);
  if (known !== undefined) return known;
  let largest = 0;
  for (const values of floatPiecesOf(tensor)) {
    largest = Math.max(largest, largestMagnitude(values));
    if (largest === Infinity) break;
  }
  bounds.set(tensor, largest);
  return largest;
}

/** Everything but the sign. As integers they are in the order of the magnitudes, with infinity and then NaN behind all others. */
const MAGNITUDE_BITS = 0x7fffffff;
const INFINITY_BITS = 0x7f800000;

/** Infinity where a value is not finite. */
function largestMagnitude({ buffer, byteOffset, length }: Float32Array): number {
  const bits = new Int32Array(buffer, byteOffset, length);
  let largest = 0;
  for (let index = 0; index < length; index += 1) {
    const magnitude = (bits[index] as number) & MAGNITUDE_BITS;
    if (magnitude > largest) largest = magnitude;
  }
  return largest >= INFINITY_BITS ? Infinity : (new Float32Array(Int32Array.of(largest).buffer)[0] as number);
}
