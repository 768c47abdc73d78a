/**
 * Rounds weights one input after the other, and moves the error of each to the inputs that are still to come, as far as they see
 * the same data: what the product makes on calibration data stays as it was, rather than each weight.
 * Source: Frantar et al. 2022, "GPTQ: accurate post-training quantization for generative pre-trained transformers".
 */
import { blockCountOf, type BlockShape, createBlockWriter, type QuantizedBlocks } from './blocks.ts';
import { createBlockSearch, integerOf } from './choose-block.ts';
import { forEachInBlock } from './for-each-block.ts';
import { refineBlocks, type RoundedBlocks } from './refine-blocks.ts';

/** Share of the mean diagonal that is added to it, so that inputs that are seldom or never seen do not explode. */
const DAMPING = 0.01;

/**
 * @param weight `[inputs, outputs]`, row-major
 * @param covariance `[inputs, inputs]`: sums of products of inputs over calibration data; is damped in place
 */
export function roundWithCompensation(
  weight: Float32Array,
  covariance: Float64Array,
  shape: BlockShape,
  { isSymmetric }: { isSymmetric: boolean },
): QuantizedBlocks {
  const { inputs, outputs, blockSize } = shape;
  const importance = new Float64Array(blockCountOf(shape) * blockSize);
  for (let input = 0; input < inputs; input += 1) importance[input] = covariance[input * inputs + input] as number;
  const factor = factorOfInverse(covariance, inputs);
  const rounded = roundInOrder(weight, { factor, importance }, shape, { isSymmetric });
  refineBlocks(weight, covariance, shape, rounded);
  const writer = createBlockWriter(shape, isSymmetric);
  for (let output = 0, index = 0; output < outputs; output += 1) {
    for (let block = 0; block < blockCountOf(shape); block += 1, index += 1) {
      const chosen = { scale: rounded.scales[index] as number, zeroPoint: rounded.zeroPoints[index] as number };
      writer.write(output, block, chosen, rounded.integers, index * blockSize);
    }
  }
  return writer.result;
}

/**
 * One input after the other; a block's scale is chosen when it is reached. Inputs of later blocks get the errors of a block together
 * (section 3.3 of the paper): each element in the same order as one by one, so the result is the same, and is read and written seldom.
 */
function roundInOrder(
  weight: Float32Array,
  { factor, importance }: { factor: Float64Array; importance: Float64Array },
  shape: BlockShape,
  { isSymmetric }: { isSymmetric: boolean },
): RoundedBlocks {
  const { inputs, outputs, blockSize, bits } = shape;
  const blockCount = blockCountOf(shape);
  const rest = Float64Array.from(weight);
  const search = createBlockSearch({ bits, isSymmetric });
  const highest = 2 ** bits - 1;
  const scales = new Float32Array(outputs * blockCount);
  const zeroPoints = new Uint8Array(outputs * blockCount);
  const integers = new Uint8Array(outputs * blockCount * blockSize);
  const errors = new Float64Array(blockSize * outputs);
  for (let block = 0; block < blockCount; block += 1) {
    const start = block * blockSize;
    const end = Math.min(inputs, start + blockSize);
    forEachInBlock(rest, shape, { block, isTransposed: false }, (output, weights, at) => {
      search.choose(weights, at, blockSize, importance, start);
      const index = output * blockCount + block;
      scales[index] = search.chosen.scale;
      zeroPoints[index] = search.chosen.zeroPoint;
      integers.fill(search.chosen.zeroPoint, index * blockSize, (index + 1) * blockSize);
    });
    for (let input = start; input < end; input += 1) {
      const pivot = factor[input * inputs + input] as number;
      for (let output = 0; output < outputs; output += 1) {
        const index = output * blockCount + block;
        const [scale, zeroPoint] = [scales[index] as number, zeroPoints[index] as number];
        const exact = rest[input * outputs + output] as number;
        const integer = integerOf(exact, scale, zeroPoint, highest);
        integers[index * blockSize + input - start] = integer;
        errors[(input - start) * outputs + output] = (exact - (integer - zeroPoint) * scale) / pivot;
      }
      for (let later = input + 1; later < end; later += 1) {
        passErrors(rest, errors, { factor, inputs, outputs, start, later, first: input, end: input + 1 });
      }
    }
    for (let later = end; later < inputs; later += 1) {
      passErrors(rest, errors, { factor, inputs, outputs, start, later, first: start, end });
    }
  }
  return { integers, scales, zeroPoints };
}

/** Takes the errors of the inputs from `first` to `end` out of a later one, in this order; four at a time. */
function passErrors(
  rest: Float64Array,
  errors: Float64Array,
  about: {
    factor: Float64Array;
    inputs: number;
    outputs: number;
    start: number;
    later: number;
    first: number;
    end: number;
  },
): void {
  const { factor, inputs, outputs, start, later, first, end } = about;
  const shareOf = (input: number): number => factor[input * inputs + later] as number;
  const own = later * outputs;
  let input = first;
  for (; input + 4 <= end; input += 4) {
    const [a, b, c, d] = [shareOf(input), shareOf(input + 1), shareOf(input + 2), shareOf(input + 3)];
    const from = (input - start) * outputs;
    for (let output = 0; output < outputs; output += 1) {
      const at = from + output;
      let value = rest[own + output] as number;
      value -= a * (errors[at] as number);
      value -= b * (errors[at + outputs] as number);
      value -= c * (errors[at + 2 * outputs] as number);
      value -= d * (errors[at + 3 * outputs] as number);
      rest[own + output] = value;
    }
  }
  for (; input < end; input += 1) {
    const share = shareOf(input);
    const from = (input - start) * outputs;
    for (let output = 0; output < outputs; output += 1) {
      rest[own + output] = (rest[own + output] as number) - share * (errors[from + output] as number);
    }
  }
}

/** The upper triangular factor U of the damped inverse: H⁻¹ = Uᵀ U. */
function factorOfInverse(covariance: Float64Array, size: number): Float64Array {
  let trace = 0;
  for (let index = 0; index < size; index += 1) trace += covariance[index * size + index] as number;
  const damping = trace === 0 ? 1 : (DAMPING * trace) / size;
  for (let index = 0; index < size; index += 1) {
    covariance[index * size + index] = (covariance[index * size + index] as number) + damping;
  }
  const lower = choleskyLower(covariance, size);
  const inverse = invertFromCholesky(lower, size);
  const factor = choleskyLower(inverse, size);
  // H⁻¹ = L Lᵀ, and U is Lᵀ.
  const upper = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column <= row; column += 1) upper[column * size + row] = factor[row * size + column] as number;
  }
  return upper;
}

function choleskyLower(matrix: Float64Array, size: number): Float64Array {
  const lower = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1) {
    const own = row * size;
    for (let column = 0; column <= row; column += 1) {
      const other = column * size;
      let sum = matrix[own + column] as number;
      for (let index = 0; index < column; index += 1)
        sum -= (lower[own + index] as number) * (lower[other + index] as number);
      if (row === column) lower[own + column] = Math.sqrt(Math.max(sum, Number.MIN_VALUE));
      else lower[own + column] = sum / (lower[other + column] as number);
    }
  }
  return lower;
}

/** (L Lᵀ)⁻¹ = L⁻ᵀ L⁻¹. */
function invertFromCholesky(lower: Float64Array, size: number): Float64Array {
  // Rows of the transposed inverse of L, so that inner loops run along memory.
  const columns = new Float64Array(size * size);
  for (let column = 0; column < size; column += 1) {
    const own = column * size;
    columns[own + column] = 1 / (lower[own + column] as number);
    for (let row = column + 1; row < size; row += 1) {
      let sum = 0;
      for (let index = column; index < row; index += 1)
        sum -= (lower[row * size + index] as number) * (columns[own + index] as number);
      columns[own + row] = sum / (lower[row * size + row] as number);
    }
  }
  const inverse = new Float64Array(size * size);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let sum = 0;
      for (let index = row; index < size; index += 1)
        sum += (columns[row * size + index] as number) * (columns[column * size + index] as number);
      inverse[row * size + column] = sum;
      inverse[column * size + row] = sum;
    }
  }
  return inverse;
}
