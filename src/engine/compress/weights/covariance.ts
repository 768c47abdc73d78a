/** Share of the mean diagonal that is added to it, so that inputs that are seldom or never seen do not explode. */
const DAMPING = 0.01;

/**
 * Sums of products of channels over calibration data: of a symmetric matrix the lower triangle, row by row. In float32, whose rounding is far
 * below the damping, that is a quarter of the matrix in doubles; many of them wait for their turn beside the model.
 */
export type Covariance = { size: number; triangle: Float32Array };

/** Rows that wait until there are enough for a product: so many keep the cores busy, and are little beside the covariance of a large input. */
export const WAITING_ROWS = 64;

export function createCovariance(size: number): Covariance {
  return { size, triangle: new Float32Array(triangleLength(size)) };
}

/** While it is collected. */
export function covarianceBytes(size: number): number {
  return Float32Array.BYTES_PER_ELEMENT * (triangleLength(size) + WAITING_ROWS * size);
}

export function triangleLength(size: number): number {
  return (size * (size + 1)) / 2;
}

/** @param strip rows from `first` on: `[count, first + count]`, of which the lower triangle counts */
export function addToCovariance(
  { triangle }: Covariance,
  strip: Float64Array,
  { first, count }: { first: number; count: number },
): void {
  for (let index = 0; index < count; index += 1) {
    const own = triangleLength(first + index);
    const from = index * (first + count);
    for (let column = 0; column <= first + index; column += 1) {
      triangle[own + column] = (triangle[own + column] as number) + (strip[from + column] as number);
    }
  }
}

/** Of a weight that several products use, which has to serve all of their inputs. */
export function sumOfCovariances(covariances: readonly [Covariance, ...Covariance[]]): Covariance {
  const [first, ...others] = covariances;
  if (others.length === 0) return first;
  const triangle = first.triangle.slice();
  for (const other of others) {
    for (const [index, value] of other.triangle.entries()) triangle[index] = (triangle[index] as number) + value;
  }
  return { size: first.size, triangle };
}

export function diagonalOf({ size, triangle }: Covariance): Float64Array {
  return Float64Array.from({ length: size }, (_, index) => triangle[triangleLength(index + 1) - 1] as number);
}

/** Not where values are so large that their squares are beyond float32; what is beside the diagonal is never larger. */
export function isFiniteCovariance(covariance: Covariance): boolean {
  return diagonalOf(covariance).every(Number.isFinite);
}

/** The whole matrix `[size, size]`, positive definite. */
export function dampedMatrixOf({ size, triangle }: Covariance): Float64Array<ArrayBuffer> {
  const matrix = new Float64Array(size * size);
  let trace = 0;
  for (let row = 0, index = 0; row < size; row += 1) {
    for (let column = 0; column <= row; column += 1, index += 1) {
      const value = triangle[index] as number;
      matrix[row * size + column] = value;
      matrix[column * size + row] = value;
    }
    trace += matrix[row * size + row] as number;
  }
  const damping = trace === 0 ? 1 : (DAMPING * trace) / size;
  for (let at = 0; at < matrix.length; at += size + 1) matrix[at] = (matrix[at] as number) + damping;
  return matrix;
}
