/**
 * Lessens the error that rounded weights make in the outputs, step by step: e ᵀ H e for each output, where e is the error of its weights and H
 * the inputs' covariance. An integer moves where that helps most, all others as they are; then each block's scale goes to where it is
 * least, which is a matter of a division. Neither step makes it larger.
 * Source: Nagel et al. 2020, "Up or down? Adaptive rounding for post-training quantization", equation 13 for the objective; here it
 * is descended on directly instead of through a relaxation.
 */
import { blockCountOf, type BlockShape } from './blocks.ts';

/** Rarely anything is left to move after so many. */
const MOST_SWEEPS = 8;
const SCALE_ROUNDS = 3;
/** Of what the error is; less is the rounding of doubles. */
const LEAST_GAIN = 1e-9;

export type RoundedBlocks = {
  /** `[outputs, blocks * blockSize]`, 0 to 2^bits - 1. */
  integers: Uint8Array;
  /** `[outputs, blocks]`. */
  scales: Float32Array;
  zeroPoints: Uint8Array;
};

/**
 * @param weight `[inputs, outputs]`, row-major
 * @param curvature `[inputs, inputs]`, symmetric and positive definite
 * @param rounded is changed in place
 * @param options.range of the integers, where it is not that of their bits
 */
export function refineBlocks(
  weight: Float32Array,
  curvature: Float64Array,
  shape: BlockShape,
  rounded: RoundedBlocks,
  options: { range?: { lowest: number; highest: number }; fitsScales?: boolean } = {},
): void {
  const { inputs, outputs, blockSize, bits } = shape;
  const blockCount = blockCountOf(shape);
  const { lowest, highest } = options.range ?? { lowest: 0, highest: 2 ** bits - 1 };
  const { integers, scales, zeroPoints } = rounded;
  const errors = new Float64Array(inputs);
  /** H e: half of how the error falls when a weight grows. */
  const slopes = new Float64Array(inputs);
  const centred = new Float64Array(blockSize);
  const moved = new Float64Array(inputs);

  const moveInteger = (output: number, input: number): boolean => {
    const block = output * blockCount + Math.floor(input / blockSize);
    const at = output * blockCount * blockSize + input;
    const step = scales[block] as number;
    const own = curvature[input * inputs + input] as number;
    const slope = slopes[input] as number;
    const integer = integers[at] as number;
    const wished = integer + Math.round(slope / (step * own));
    const change = Math.max(lowest, Math.min(highest, wished)) - integer;
    const distance = change * step;
    if (change === 0 || distance * (2 * slope - distance * own) <= LEAST_GAIN * own * step * step) return false;
    integers[at] = integer + change;
    const row = input * inputs;
    for (let other = 0; other < inputs; other += 1) {
      slopes[other] = (slopes[other] as number) - distance * (curvature[row + other] as number);
    }
    return true;
  };

  const fitScale = (output: number, block: number): void => {
    const index = output * blockCount + block;
    const first = block * blockSize;
    const count = Math.min(blockSize, inputs - first);
    const at = output * blockCount * blockSize + first;
    moved.fill(0);
    centred.fill(0);
    let along = 0;
    for (let position = 0; position < count; position += 1) {
      const value = (integers[at + position] as number) - (zeroPoints[index] as number);
      centred[position] = value;
      along += value * (slopes[first + position] as number);
    }
    addRows(moved, { matrix: curvature, factors: centred.subarray(0, count), first });
    let own = 0;
    for (let position = 0; position < count; position += 1) {
      own += (centred[position] as number) * (moved[first + position] as number);
    }
    const scale = scales[index] as number;
    const fitted = Math.fround(scale + along / own);
    // Turned around or next to nothing: not the scale of these integers any more.
    if (!(own > 0) || !(fitted / scale > 0.5)) return;
    const change = fitted - scale;
    if (change * (2 * along - change * own) <= 0) return;
    scales[index] = fitted;
    for (let other = 0; other < inputs; other += 1) {
      slopes[other] = (slopes[other] as number) - change * (moved[other] as number);
    }
  };

  for (let output = 0; output < outputs; output += 1) {
    for (let input = 0; input < inputs; input += 1) {
      const block = output * blockCount + Math.floor(input / blockSize);
      const integer = (integers[output * blockCount * blockSize + input] as number) - (zeroPoints[block] as number);
      errors[input] = (weight[input * outputs + output] as number) - integer * (scales[block] as number);
    }
    multiply(curvature, errors, slopes);
    for (let round = 0; round <= SCALE_ROUNDS; round += 1) {
      let hasMoved = false;
      for (let sweep = 0, isMoving = true; isMoving && sweep < MOST_SWEEPS; sweep += 1) {
        isMoving = false;
        for (let input = 0; input < inputs; input += 1) if (moveInteger(output, input)) isMoving = true;
        hasMoved ||= isMoving;
      }
      if (options.fitsScales === false || round === SCALE_ROUNDS || (round > 0 && !hasMoved)) break;
      for (let block = 0; block < blockCount; block += 1) fitScale(output, block);
    }
  }
}

/** Adds the rows from `first` on, times their factors, in this order; four at a time, so that sums are read and written seldom. */
function addRows(
  sums: Float64Array,
  { matrix, factors, first }: { matrix: Float64Array; factors: Float64Array; first: number },
): void {
  const size = sums.length;
  let position = 0;
  for (; position + 4 <= factors.length; position += 4) {
    const row = (first + position) * size;
    const [a, b, c, d] = [0, 1, 2, 3].map((offset) => factors[position + offset] as number) as [
      number,
      number,
      number,
      number,
    ];
    for (let column = 0; column < size; column += 1) {
      const at = row + column;
      let sum = sums[column] as number;
      sum += a * (matrix[at] as number);
      sum += b * (matrix[at + size] as number);
      sum += c * (matrix[at + 2 * size] as number);
      sum += d * (matrix[at + 3 * size] as number);
      sums[column] = sum;
    }
  }
  for (; position < factors.length; position += 1) {
    const row = (first + position) * size;
    const factor = factors[position] as number;
    for (let column = 0; column < size; column += 1) {
      sums[column] = (sums[column] as number) + factor * (matrix[row + column] as number);
    }
  }
}

/** Four rows side by side, so that no sum waits for the one before it. */
function multiply(matrix: Float64Array, vector: Float64Array, result: Float64Array): void {
  const size = vector.length;
  let row = 0;
  for (; row + 4 <= size; row += 4) {
    const start = row * size;
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let column = 0; column < size; column += 1) {
      const value = vector[column] as number;
      const at = start + column;
      a += (matrix[at] as number) * value;
      b += (matrix[at + size] as number) * value;
      c += (matrix[at + 2 * size] as number) * value;
      d += (matrix[at + 3 * size] as number) * value;
    }
    result.set([a, b, c, d], row);
  }
  for (; row < size; row += 1) {
    const start = row * size;
    let sum = 0;
    for (let column = 0; column < size; column += 1) {
      sum += (matrix[start + column] as number) * (vector[column] as number);
    }
    result[row] = sum;
  }
}
