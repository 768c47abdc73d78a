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
      addProducts(own.sums, values.subarray(0, rowCount * size), size);
      own.rowCount += rowCount;
    },
  });
  const covariances = new Map(
    [...found].map(([name, { sums }]) => [name, mirror(sums, tensors.get(name) as number)] as const),
  );
  return { covariances, source };
}

/**
 * The lower triangles of the outer products of rows. Four rows at a time, so that sums are read and written once for four of them: this is most of
 * the work of looking at data. Values that are not finite count as zero.
 */
function addProducts(sums: Float64Array, values: Float32Array, size: number): void {
  const [a, b, c, d] = [0, 1, 2, 3].map(() => new Float64Array(size)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const rows = [a, b, c, d];
  for (let start = 0; start < values.length; start += rows.length * size) {
    for (const [index, row] of rows.entries()) copyFinite(values, start + index * size, row);
    for (let first = 0; first < size; first += 1) {
      const own = first * size;
      const [va, vb, vc, vd] = [a[first] as number, b[first] as number, c[first] as number, d[first] as number];
      if (va === 0 && vb === 0 && vc === 0 && vd === 0) continue;
      for (let second = 0; second <= first; second += 1) {
        let sum = sums[own + second] as number;
        sum += va * (a[second] as number);
        sum += vb * (b[second] as number);
        sum += vc * (c[second] as number);
        sum += vd * (d[second] as number);
        sums[own + second] = sum;
      }
    }
  }
}

/** Zeros beyond the end. */
function copyFinite(values: Float32Array, start: number, row: Float64Array): void {
  for (let index = 0; index < row.length; index += 1) {
    const value = values[start + index] ?? 0;
    row[index] = Number.isFinite(value) ? value : 0;
  }
}

function mirror(sums: Float64Array, size: number): Float64Array {
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < row; column += 1) sums[column * size + row] = sums[row * size + column] as number;
  }
  return sums;
}
