import type { EngineProgress, InputSource } from '#shared/engine-protocol.ts';
import type { ModelProto } from '../../onnx/ir.ts';
import { collectActivations } from '../calibration/collect-activations.ts';

/** More rows change the factors little, and cost time in proportion. */
const MOST_ROWS = 4096;
const ITEM_LIMIT = 128;

/**
 * Sums of products of the channels of tensors whose last axis has them.
 * @param tensors name -> number of channels
 * @returns `[channels, channels]`, row-major, for each; and where the items came from: “generated”, or the id of a dataset
 */
export async function collectCovariances(
  model: ModelProto,
  tensors: ReadonlyMap<string, number>,
  context: { inputs: InputSource; onProgress: (progress: EngineProgress) => void },
): Promise<{ covariances: Map<string, Float64Array>; source: string }> {
  const found = new Map<string, { sums: Float64Array; rowCount: number }>();
  const { source } = await collectActivations({
    model,
    tensorNames: [...tensors.keys()],
    itemLimit: ITEM_LIMIT,
    ...context,
    look(name, values) {
      const size = tensors.get(name) as number;
      const own = found.get(name) ?? { sums: new Float64Array(size * size), rowCount: 0 };
      found.set(name, own);
      const rowCount = Math.min(values.length / size, MOST_ROWS - own.rowCount);
      for (let row = 0; row < rowCount; row += 1) addProducts(own.sums, values.subarray(row * size, (row + 1) * size));
      own.rowCount += rowCount;
    },
  });
  const covariances = new Map(
    [...found].map(([name, { sums }]) => [name, mirror(sums, tensors.get(name) as number)] as const),
  );
  return { covariances, source };
}

/** The lower triangle of the outer product. */
function addProducts(sums: Float64Array, row: Float32Array): void {
  const size = row.length;
  for (let first = 0; first < size; first += 1) {
    const value = row[first] as number;
    if (value === 0 || !Number.isFinite(value)) continue;
    const start = first * size;
    for (let second = 0; second <= first; second += 1) {
      sums[start + second] = (sums[start + second] as number) + value * (row[second] as number);
    }
  }
}

function mirror(sums: Float64Array, size: number): Float64Array {
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < row; column += 1) sums[column * size + row] = sums[row * size + column] as number;
  }
  return sums;
}
