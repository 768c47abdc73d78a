/**
 * Weights of a matrix product in 4 or 8 bits, block by block along the inputs, in the layout of ONNX Runtime's MatMulNBits.
 * Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.MatMulNBits
 */
import { roundHalfToEven } from '../../onnx/round-half-to-even.ts';

export type BlockShape = { inputs: number; outputs: number; blockSize: number; bits: 4 | 8 };

export type QuantizedBlocks = {
  /** `[outputs, blocks, blockSize * bits / 8]`; of two 4-bit values in a byte the first is in the low half. */
  values: Uint8Array;
  /** `[outputs, blocks]`. */
  scales: Float32Array;
  /** `[outputs, ceil(blocks * bits / 8)]`, packed like the values; null when all are in the middle. */
  zeroPoints: Uint8Array | null;
};

/** Integers of one block, unsigned, with what they stand for. */
type Block = { scale: number; zeroPoint: number };

export function blockCountOf({ inputs, blockSize }: BlockShape): number {
  return Math.ceil(inputs / blockSize);
}

/**
 * Chooses scale and zero point of a block of weights: the pair with the least weighted squared error among shrunk ranges.
 * @param importance of each input; null: all alike
 */
export function chooseBlock(
  weights: Float64Array,
  importance: Float64Array | null,
  { bits, isSymmetric }: { bits: 4 | 8; isSymmetric: boolean },
): Block {
  const highest = 2 ** bits - 1;
  const middle = 2 ** (bits - 1);
  let low = 0;
  let high = 0;
  for (const weight of weights) {
    if (weight < low) low = weight;
    if (weight > high) high = weight;
  }
  if (low === 0 && high === 0) return { scale: 1, zeroPoint: middle };
  let best: Block = { scale: 1, zeroPoint: middle };
  let bestError = Infinity;
  const attempt = (scale: number, zeroPoint: number): void => {
    const rounded = Math.fround(scale);
    if (Math.abs(rounded) < 2 ** -126) return;
    const error = errorOf(weights, importance, { scale: rounded, zeroPoint }, { highest, limit: bestError });
    if (error < bestError) [best, bestError] = [{ scale: rounded, zeroPoint }, error];
  };
  const { steps, largest } = shrinks[bits];
  for (let step = 0; step <= steps; step += 1) {
    const share = 1 - (step * largest) / steps;
    if (isSymmetric) {
      // The negative end has one integer more: the side with the largest weight takes it, by the sign of the scale.
      const extreme = -low > high ? low : high;
      attempt((-extreme * share) / middle, middle);
    } else {
      const scale = ((high - low) * share) / highest;
      attempt(scale, Math.min(highest, Math.max(0, roundHalfToEven((-low * share) / scale))));
    }
  }
  if (!isSymmetric) {
    const { scale, zeroPoint } = best;
    if (zeroPoint > 0) attempt(scale, zeroPoint - 1);
    if (zeroPoint < highest) attempt(scale, zeroPoint + 1);
  }
  return best;
}

/** How far a range is shrunk in search of a smaller error; with 256 integers next to nothing is gained by it. */
const shrinks = { 4: { steps: 8, largest: 0.32 }, 8: { steps: 2, largest: 0.04 } } as const;

export function quantizeTo(weight: number, { scale, zeroPoint }: Block, highest: number): number {
  const integer = roundHalfToEven(weight / scale) + zeroPoint;
  return integer < 0 ? 0 : integer > highest ? highest : integer;
}

/** Gives up with a larger number as soon as the error is above `limit`. */
function errorOf(
  weights: Float64Array,
  importance: Float64Array | null,
  block: Block,
  about: { highest: number; limit: number },
): number {
  const { highest, limit } = about;
  const { scale, zeroPoint } = block;
  // Good enough to choose by, and cheaper than a division for each weight.
  const inverse = 1 / scale;
  const lowest = -zeroPoint;
  const upper = highest - zeroPoint;
  let sum = 0;
  for (let index = 0; index < weights.length; index += 1) {
    const weight = weights[index] as number;
    const integer = roundHalfToEven(weight * inverse);
    const kept = integer < lowest ? lowest : integer > upper ? upper : integer;
    const error = kept * scale - weight;
    sum += importance === null ? error * error : error * error * (importance[index] as number);
    if (sum > limit) return sum;
  }
  return sum;
}

/** An empty container, and a way to fill it. */
export function createBlocks(shape: BlockShape, isSymmetric: boolean) {
  const { inputs, outputs, blockSize, bits } = shape;
  const blockCount = blockCountOf(shape);
  const bytesPerBlock = (blockSize * bits) / 8;
  const zeroBytes = Math.ceil((blockCount * bits) / 8);
  const middle = 2 ** (bits - 1);
  const values = new Uint8Array(outputs * blockCount * bytesPerBlock);
  const scales = new Float32Array(outputs * blockCount).fill(1);
  const zeroPoints = isSymmetric ? null : new Uint8Array(outputs * zeroBytes);
  const put = (bytes: Uint8Array, start: number, index: number, value: number): void => {
    if (bits === 8) bytes[start + index] = value;
    else bytes[start + (index >> 1)] = (bytes[start + (index >> 1)] as number) | (value << (4 * (index & 1)));
  };
  const setValue = (output: number, input: number, integer: number): void => {
    const block = Math.floor(input / blockSize);
    put(values, (output * blockCount + block) * bytesPerBlock, input % blockSize, integer);
  };
  return {
    result: { values, scales, zeroPoints } satisfies QuantizedBlocks,
    setValue,
    /** The first values of a block. */
    setValues(output: number, block: number, integers: Uint8Array): void {
      const start = (output * blockCount + block) * bytesPerBlock;
      for (let index = 0; index < integers.length; index += 1) put(values, start, index, integers[index] as number);
    },
    setBlock(output: number, block: number, { scale, zeroPoint }: Block): void {
      scales[output * blockCount + block] = scale;
      if (zeroPoints) put(zeroPoints, output * zeroBytes, block, zeroPoint);
      else if (zeroPoint !== middle) throw new Error('A symmetric block has its zero point in the middle.');
      // Beyond the inputs the last block holds zeros.
      for (let input = Math.max(inputs, block * blockSize); input < (block + 1) * blockSize; input += 1) {
        setValue(output, input, zeroPoint);
      }
    },
  };
}

/**
 * Each weight goes to its nearest integer.
 * @param weight `[inputs, outputs]`, row-major
 * @param importance of each input, or null
 */
export function roundBlocks(
  weight: Float32Array,
  shape: BlockShape,
  options: { isSymmetric: boolean; importance: Float64Array | null },
): QuantizedBlocks {
  const { inputs, outputs, blockSize, bits } = shape;
  const blocks = createBlocks(shape, options.isSymmetric);
  const highest = 2 ** bits - 1;
  for (let block = 0; block < blockCountOf(shape); block += 1) {
    const start = block * blockSize;
    const end = Math.min(inputs, start + blockSize);
    const importance = options.importance?.subarray(start, end) ?? null;
    const column = new Float64Array(end - start);
    const integers = new Uint8Array(end - start);
    for (let output = 0; output < outputs; output += 1) {
      for (let input = start; input < end; input += 1)
        column[input - start] = weight[input * outputs + output] as number;
      const chosen = chooseBlock(column, importance, { bits, isSymmetric: options.isSymmetric });
      blocks.setBlock(output, block, chosen);
      for (let index = 0; index < column.length; index += 1) {
        integers[index] = quantizeTo(column[index] as number, chosen, highest);
      }
      blocks.setValues(output, block, integers);
    }
  }
  return blocks.result;
}
