import type { TensorProto } from '../onnx/ir.ts';
import { floatPiecesOf } from '../onnx/tensor-contents.ts';

const LARGEST_HALF = 65_504;
/** Half of the smallest subnormal, 2^-24: what is not above it rounds to zero. */
const ROUNDS_TO_ZERO = 2 ** -25;

/** Elements that are out of float16's range, or become zero there. */
export type HalfRange = { isWide: boolean; vanishes: boolean; vanishedCount: number };

export function scanForHalf(tensor: TensorProto): HalfRange {
  const found: HalfRange = { isWide: false, vanishes: false, vanishedCount: 0 };
  let largest = 0;
  for (const values of floatPiecesOf(tensor)) {
    for (let index = 0; index < values.length; index += 1) {
      const magnitude = Math.abs(values[index] as number);
      // What rounds to at most 65504 fits; infinities are meant (masks), and have a float16 of their own.
      if (!(magnitude < LARGEST_HALF + 16) && magnitude !== Infinity) found.isWide = true;
      if (magnitude !== 0 && magnitude <= ROUNDS_TO_ZERO) found.vanishedCount += 1;
      if (magnitude > largest) largest = magnitude;
    }
  }
  found.vanishes = largest !== 0 && largest <= ROUNDS_TO_ZERO;
  return found;
}
