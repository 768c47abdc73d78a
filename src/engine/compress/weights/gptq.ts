/**
 * Rounds weights one input after the other, and moves the error of each to the inputs that are still to come, as far as they see
 * the same data: what the product makes on calibration data stays as it was, rather than each weight.
 * Source: Frantar et al. 2022, "GPTQ: accurate post-training quantization for generative pre-trained transformers".
 */
import { releaseBuffers } from '../../runtime/release-buffers.ts';
import { blockCountOf, type BlockShape, createBlockWriter, type QuantizedBlocks } from './blocks.ts';
import { type Covariance, dampedMatrixOf, diagonalOf } from './covariance.ts';
import { factorMatrix, restoreMatrix } from './factor-matrix.ts';
import type { MatrixProducts } from './matrix-products.ts';
import { refineBlocks, type RoundedBlocks } from './refine-blocks.ts';
import { roundInOrder } from './round-in-order.ts';

/** Errors of some outputs at a time: as many doubles, so that memory beside the weight is bounded. */
const PANEL_ELEMENTS = 2 ** 19;

/**
 * @param weight `[outputs, inputs]`, row-major
 * @param covariance of the inputs
 */
export async function roundWithCompensation(
  weight: Float32Array,
  covariance: Covariance,
  shape: BlockShape,
  { isSymmetric, products }: { isSymmetric: boolean; products: MatrixProducts },
): Promise<QuantizedBlocks> {
  const { inputs, outputs, blockSize } = shape;
  const blockCount = blockCountOf(shape);
  const importance = new Float64Array(blockCount * blockSize);
  importance.set(diagonalOf(covariance));
  const matrix = dampedMatrixOf(covariance);
  const rounded: RoundedBlocks = {
    integers: new Uint8Array(outputs * blockCount * blockSize),
    scales: new Float32Array(outputs * blockCount),
    zeroPoints: new Uint8Array(outputs * blockCount),
  };
  try {
    const diagonal = Float64Array.from({ length: inputs }, (_, index) => matrix[index * (inputs + 1)] as number);
    await factorMatrix(matrix, inputs, products);
    const panels = panelsOf(shape);
    for (const panel of panels) {
      await roundInOrder(weight, shape, { factor: matrix, importance, isSymmetric, products, ...panel }, rounded);
    }
    restoreMatrix(matrix, diagonal);
    for (const panel of panels) await refineBlocks(weight, shape, { curvature: matrix, products, ...panel }, rounded);
  } finally {
    releaseBuffers(matrix);
  }
  const writer = createBlockWriter(shape, isSymmetric);
  for (let output = 0, index = 0; output < outputs; output += 1) {
    for (let block = 0; block < blockCount; block += 1, index += 1) {
      const chosen = { scale: rounded.scales[index] as number, zeroPoint: rounded.zeroPoints[index] as number };
      writer.write(output, block, chosen, rounded.integers, index * blockSize);
    }
  }
  return writer.result;
}

function panelsOf({ inputs, outputs }: BlockShape): { first: number; end: number }[] {
  const most = Math.max(1, Math.floor(PANEL_ELEMENTS / inputs));
  const count = Math.ceil(outputs / most);
  return Array.from({ length: count }, (_, index) => ({
    first: Math.floor((index * outputs) / count),
    end: Math.floor(((index + 1) * outputs) / count),
  }));
}
