import { blockCountOf, type BlockShape } from './blocks.ts';

/** Outputs that are turned at once: a line of the cache holds 16 float32. */
const TILE = 16;

/**
 * Hands over the weights of each block in a row, filled up with zeros.
 * @param weight `[inputs, outputs]`, row-major, or `[outputs, inputs]` when it is transposed
 * @param visit the block's weights are `blockSize` values of `weights` from `start` on, and valid during the call only
 */
export function forEachBlock(
  weight: Float32Array,
  shape: BlockShape,
  isTransposed: boolean,
  visit: (output: number, block: number, weights: Float64Array, start: number) => void,
): void {
  for (let block = 0; block < blockCountOf(shape); block += 1) {
    forEachInBlock(weight, shape, { block, isTransposed }, (output, weights, start) =>
      visit(output, block, weights, start),
    );
  }
}

/** Those of one block of inputs. */
export function forEachInBlock(
  weight: Float32Array | Float64Array,
  { inputs, outputs, blockSize }: BlockShape,
  { block, isTransposed }: { block: number; isTransposed: boolean },
  visit: (output: number, weights: Float64Array, start: number) => void,
): void {
  const firstInput = block * blockSize;
  const inputCount = Math.min(blockSize, inputs - firstInput);
  // The weights of a block lie far apart unless they are transposed, so tiles of outputs are turned together.
  const tile = new Float64Array(TILE * blockSize);
  for (let first = 0; first < outputs; first += TILE) {
    const count = Math.min(TILE, outputs - first);
    for (let index = 0; index < inputCount; index += 1) {
      const input = firstInput + index;
      const from = isTransposed ? first * inputs + input : input * outputs + first;
      const step = isTransposed ? inputs : 1;
      for (let column = 0; column < count; column += 1) {
        tile[column * blockSize + index] = weight[from + column * step] as number;
      }
    }
    for (let column = 0; column < count; column += 1) visit(first + column, tile, column * blockSize);
  }
}
