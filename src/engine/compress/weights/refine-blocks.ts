/**
 * Lessens the error that rounded weights make in the outputs, step by step: e ᵀ H e for each output, where e is the error of its weights and H
 * the inputs' covariance. Integers move as long as that helps, then each block's scale goes to where the error is least, which is a matter
 * of a division, in turns; neither makes it larger. What many moves have in common, H e, is a product for all outputs together.
 */
import { releaseBuffers } from '../../runtime/release-buffers.ts';
import { SMALLEST_SCALE } from '../representable-scale.ts';
import { blockCountOf, type BlockShape } from './blocks.ts';
import type { MatrixProducts } from './matrix-products.ts';
import { moveIntegers } from './move-integers.ts';

/** Rarely anything is left to move after so many. */
const MOST_SWEEPS = 8;
const SCALE_ROUNDS = 3;

export type RoundedBlocks = {
  /** `[outputs, blocks * blockSize]`, 0 to 2^bits - 1. */
  integers: Uint8Array;
  /** `[outputs, blocks]`. */
  scales: Float32Array;
  zeroPoints: Uint8Array;
};

/**
 * @param weight `[outputs, inputs]`, row-major
 * @param about.curvature H: `[inputs, inputs]`, symmetric and positive definite
 * @param about.first,about.end outputs to refine
 * @param rounded is changed in place
 */
export async function refineBlocks(
  weight: Float32Array,
  shape: BlockShape,
  about: { curvature: Float64Array; products: MatrixProducts; first: number; end: number },
  rounded: RoundedBlocks,
): Promise<void> {
  const { inputs, blockSize, bits } = shape;
  const { curvature, products } = about;
  const { integers, scales } = rounded;
  const blockCount = blockCountOf(shape);
  let left = Array.from({ length: about.end - about.first }, (_, index) => about.first + index);
  /** `[outputs that are left, inputs]`. */
  const errors = new Float64Array(left.length * inputs);
  const slopes = new Float64Array(left.length * inputs);

  /** Shows each block of each output with the slopes as all blocks before it left them. */
  const visitBlocks = async (visit: (block: BlockAt) => void): Promise<void> => {
    for (let block = 0; block < blockCount; block += 1) {
      const first = block * blockSize;
      const count = Math.min(blockSize, inputs - first);
      const rows = curvature.subarray(first * inputs, (first + count) * inputs);
      const dims = { rows: left.length, inner: inputs, columns: count };
      await products.multiplyTurned(
        errors.subarray(0, left.length * inputs),
        rows,
        slopes.subarray(0, left.length * count),
        dims,
      );
      for (const [index, output] of left.entries()) {
        const at = { index: output * blockCount + block, first, count, slopesAt: index * count };
        visit(at);
        writeErrors(errors, index * inputs + first, { weight, from: output * inputs + first, ...at }, shape, rounded);
      }
    }
  };
  const sweep = ({ index, first, count, slopesAt }: BlockAt, seen: { seenFirst: number; seenCount: number }): boolean =>
    moveIntegers(integers, index * blockSize, {
      curvature,
      width: inputs,
      first,
      count,
      slopes,
      slopesAt,
      ...seen,
      step: scales[index] as number,
      lowest: 0,
      highest: 2 ** bits - 1,
    });
  /** Whether any integer of an output moved. */
  const settle = (output: number, slopesAt: number, mostSweeps: number): boolean => {
    let hasMoved = false;
    for (let count = 0, isMoving = true; isMoving && count < mostSweeps; count += 1) {
      isMoving = false;
      for (let block = 0; block < blockCount; block += 1) {
        const first = block * blockSize;
        const at = { index: output * blockCount + block, first, count: Math.min(blockSize, inputs - first), slopesAt };
        if (sweep(at, { seenFirst: 0, seenCount: inputs })) isMoving = true;
      }
      hasMoved ||= isMoving;
    }
    return hasMoved;
  };

  for (let round = 0; left.length > 0; round += 1) {
    for (const [index, output] of left.entries()) {
      for (let block = 0; block < blockCount; block += 1) {
        const first = block * blockSize;
        const at = { index: output * blockCount + block, count: Math.min(blockSize, inputs - first) };
        writeErrors(errors, index * inputs + first, { weight, from: output * inputs + first, ...at }, shape, rounded);
      }
    }
    // The first sweep moves the most: each move of it changes the slopes of its own block only.
    if (round === 0) await visitBlocks((at) => void sweep(at, { seenFirst: at.first, seenCount: at.count }));
    else await visitBlocks((at) => fitScale(at, { curvature, slopes }, shape, rounded));
    const elements = left.length * inputs;
    const dims = { rows: left.length, inner: inputs, columns: inputs };
    await products.multiplyTurned(errors.subarray(0, elements), curvature, slopes.subarray(0, elements), dims);
    const sweeps = round === 0 ? MOST_SWEEPS - 1 : MOST_SWEEPS;
    const hasMoved = left.map((output, index) => settle(output, index * inputs, sweeps));
    if (round === SCALE_ROUNDS) break;
    if (round > 0) left = left.filter((_, index) => hasMoved[index]);
  }
  releaseBuffers(errors, slopes);
}

/** A block of an output: `index` counts all, `first` and `count` tell its inputs. */
type BlockAt = { index: number; first: number; count: number; slopesAt: number };

function writeErrors(
  errors: Float64Array,
  at: number,
  { weight, from, index, count }: { weight: Float32Array; from: number; index: number; count: number },
  { blockSize }: BlockShape,
  { integers, scales, zeroPoints }: RoundedBlocks,
): void {
  const [scale, zeroPoint] = [scales[index] as number, zeroPoints[index] as number];
  for (let position = 0; position < count; position += 1) {
    const integer = (integers[index * blockSize + position] as number) - zeroPoint;
    errors[at + position] = (weight[from + position] as number) - integer * scale;
  }
}

function fitScale(
  { index, first, count, slopesAt }: BlockAt,
  { curvature, slopes }: { curvature: Float64Array; slopes: Float64Array },
  { inputs, blockSize }: BlockShape,
  { integers, scales, zeroPoints }: RoundedBlocks,
): void {
  const zeroPoint = zeroPoints[index] as number;
  const at = index * blockSize;
  let along = 0;
  let own = 0;
  for (let position = 0; position < count; position += 1) {
    const value = (integers[at + position] as number) - zeroPoint;
    if (value === 0) continue;
    along += value * (slopes[slopesAt + position] as number);
    const row = (first + position) * inputs + first;
    let sum = 0;
    for (let other = 0; other < position; other += 1) {
      sum += (curvature[row + other] as number) * ((integers[at + other] as number) - zeroPoint);
    }
    own += value * (2 * sum + value * (curvature[row + position] as number));
  }
  const scale = scales[index] as number;
  const fitted = Math.fround(scale + along / own);
  // Turned around or next to nothing: not the scale of these integers any more.
  if (!(own > 0) || !(fitted / scale > 0.5) || Math.abs(fitted) < SMALLEST_SCALE) return;
  const change = fitted - scale;
  if (change * (2 * along - change * own) > 0) scales[index] = fitted;
}
