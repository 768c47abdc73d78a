import { type BlockShape, createBlockWriter, type QuantizedBlocks } from './blocks.ts';
import { createBlockSearch, quantizeBlock } from './choose-block.ts';
import { forEachBlock } from './for-each-block.ts';
import { createRobustSearch } from './robust-search.ts';

/**
 * Each weight goes to its nearest integer.
 * @param weight `[inputs, outputs]`, row-major, or `[outputs, inputs]` when `isTransposed`
 * @param options.isRobust ranges by half-quadratic optimization instead of least squares; takes zero points
 */
export function roundBlocks(
  weight: Float32Array,
  shape: BlockShape,
  { isSymmetric, isTransposed, isRobust }: { isSymmetric: boolean; isTransposed: boolean; isRobust: boolean },
): QuantizedBlocks {
  const { blockSize, bits } = shape;
  const writer = createBlockWriter(shape, isSymmetric);
  const search = isRobust ? createRobustSearch(bits) : createBlockSearch({ bits, isSymmetric });
  const highest = 2 ** bits - 1;
  const alike = new Float64Array(blockSize).fill(1);
  const integers = new Uint8Array(blockSize);
  forEachBlock(weight, shape, isTransposed, (output, block, weights, start) => {
    search.choose(weights, start, blockSize, alike, 0);
    quantizeBlock(weights, start, search.chosen, highest, integers);
    writer.write(output, block, search.chosen, integers, 0);
  });
  return writer.result;
}
