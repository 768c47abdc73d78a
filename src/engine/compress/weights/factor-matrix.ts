import { releaseBuffers } from '../../runtime/release-buffers.ts';
import type { MatrixProducts } from './matrix-products.ts';

/** Rows whose effect on those above is taken out at once. */
const BLOCK_ROWS = 64;

/**
 * The lower triangular L with H = Lᵀ L, from the last row up. It takes the place of the lower triangle and the diagonal; above the diagonal H
 * stays, and the lower triangle can be restored from it.
 * @param matrix H: `[size, size]`, symmetric and positive definite
 */
export async function factorMatrix(matrix: Float64Array, size: number, products: MatrixProducts): Promise<void> {
  const panel = new Float64Array(size * Math.min(BLOCK_ROWS, size));
  for (let end = size; end > 0; end -= BLOCK_ROWS) {
    const start = Math.max(0, end - BLOCK_ROWS);
    for (let row = end - 1; row >= start; row -= 1) finishRow(matrix, size, { row, start });
    const rank = end - start;
    // Turned, so that rows of the panel belong to rows above.
    for (let row = 0; row < start; row += 1) {
      for (let index = 0; index < rank; index += 1) {
        panel[row * rank + index] = matrix[(start + index) * size + row] as number;
      }
    }
    await products.forEachStrip(panel.subarray(0, start * rank), { size: start, rank }, (strip, first, count) => {
      for (let index = 0; index < count; index += 1) {
        const own = (first + index) * size;
        const from = index * (first + count);
        for (let column = 0; column <= first + index; column += 1) {
          matrix[own + column] = (matrix[own + column] as number) - (strip[from + column] as number);
        }
      }
    });
  }
  releaseBuffers(panel);
}

/** Puts H back below the diagonal. */
export function restoreMatrix(matrix: Float64Array, diagonal: Float64Array): void {
  const size = diagonal.length;
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < row; column += 1) matrix[row * size + column] = matrix[column * size + row] as number;
    matrix[row * size + row] = diagonal[row] as number;
  }
}

/** A row of L, and what it takes out of the rows above it in the same block. */
function finishRow(matrix: Float64Array, size: number, { row, start }: { row: number; start: number }): void {
  const own = row * size;
  const pivot = Math.sqrt(Math.max(matrix[own + row] as number, Number.MIN_VALUE));
  matrix[own + row] = pivot;
  for (let column = 0; column < row; column += 1) matrix[own + column] = (matrix[own + column] as number) / pivot;
  for (let above = start; above < row; above += 1) {
    const factor = matrix[own + above] as number;
    const other = above * size;
    for (let column = 0; column <= above; column += 1) {
      matrix[other + column] = (matrix[other + column] as number) - factor * (matrix[own + column] as number);
    }
  }
}
