import { releaseBuffers } from '../../runtime/release-buffers.ts';
import { blockCountOf, type BlockShape } from './blocks.ts';
import { createBlockSearch, integerOf } from './choose-block.ts';
import type { MatrixProducts } from './matrix-products.ts';
import type { RoundedBlocks } from './refine-blocks.ts';

/**
 * Rounds the weights of some outputs one input after the other, each against the errors of those before it: with H = Lᵀ L, the error of the
 * outputs |L e|² is least, whatever was rounded so far, where the row of the next input gives (L e)ⱼ = 0. That is where the sequence of Frantar et
 * al. brings the weight too, without an inverse. A block's scale is chosen when it is reached, for weights that no rounding within it has moved.
 * Source: Chen et al. 2025, "The geometry of LLM quantization: GPTQ as Babai's nearest plane algorithm", arXiv:2507.18553.
 * @param weight `[outputs, inputs]`, row-major
 * @param about.factor L below and on the diagonal of `[inputs, inputs]`; what is above is not looked at
 * @param about.importance of each input, filled up to whole blocks
 * @param rounded of all outputs; those from `first` to `end` are written
 */
export async function roundInOrder(
  weight: Float32Array,
  shape: BlockShape,
  about: {
    factor: Float64Array;
    importance: Float64Array;
    isSymmetric: boolean;
    products: MatrixProducts;
    first: number;
    end: number;
  },
  { integers, scales, zeroPoints }: RoundedBlocks,
): Promise<void> {
  const { inputs, blockSize, bits } = shape;
  const { factor, importance, first, end } = about;
  const columns = end - first;
  const blockCount = blockCountOf(shape);
  const highest = 2 ** bits - 1;
  const search = createBlockSearch({ bits, isSymmetric: about.isSymmetric });
  const errors = new Float64Array(inputs * columns);
  const known = new Float64Array(blockSize * columns);
  const before = new Float64Array(blockSize * inputs);
  /** Of one output in one block. */
  const own = new Float64Array(blockSize * blockSize);
  const [wished, made, wishedErrors] = [0, 1, 2].map(() => new Float64Array(blockSize)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let block = 0; block < blockCount; block += 1) {
    const start = block * blockSize;
    const count = Math.min(blockSize, inputs - start);
    for (let row = 0; row < count; row += 1) {
      const from = (start + row) * inputs;
      before.set(factor.subarray(from, from + start), row * start);
      own.set(factor.subarray(from + start, from + start + row + 1), row * blockSize);
    }
    const dims = { rows: count, inner: start, columns };
    const sums = known.subarray(0, count * columns).fill(0);
    if (start > 0) {
      await about.products.multiply(before.subarray(0, count * start), errors.subarray(0, start * columns), sums, dims);
    }
    for (let column = 0; column < columns; column += 1) {
      const output = first + column;
      const index = output * blockCount + block;
      /** What the row of L says that the error of an input should be, beside given ones of the block. */
      const bestError = (row: number, others: Float64Array): number => {
        let sum = sums[row * columns + column] as number;
        const at = row * blockSize;
        for (let other = 0; other < row; other += 1) sum += (own[at + other] as number) * (others[other] as number);
        return -sum / (own[at + row] as number);
      };
      wished.fill(0);
      for (let row = 0; row < count; row += 1) {
        wishedErrors[row] = bestError(row, wishedErrors);
        wished[row] = (weight[output * inputs + start + row] as number) - (wishedErrors[row] as number);
      }
      search.choose(wished, 0, blockSize, importance, start);
      const { scale, zeroPoint } = search.chosen;
      scales[index] = scale;
      zeroPoints[index] = zeroPoint;
      integers.fill(zeroPoint, index * blockSize, (index + 1) * blockSize);
      for (let row = 0; row < count; row += 1) {
        const exact = weight[output * inputs + start + row] as number;
        const integer = integerOf(exact - bestError(row, made), scale, zeroPoint, highest);
        integers[index * blockSize + row] = integer;
        made[row] = exact - (integer - zeroPoint) * scale;
        errors[(start + row) * columns + column] = made[row] as number;
      }
    }
  }
  releaseBuffers(errors, known, before);
}
