import type { EngineProgress, InputSource } from '#shared/engine-protocol.ts';
import type { ModelProto } from '../../onnx/ir.ts';
import { releaseBuffers } from '../../runtime/release-buffers.ts';
import { collectActivations } from '../calibration/collect-activations.ts';
import { addToCovariance, type Covariance, createCovariance } from './covariance.ts';
import type { MatrixProducts } from './matrix-products.ts';

/** More rows change the factors little, and cost time in proportion. */
const MOST_ROWS = 4096;
const ITEM_LIMIT = 128;
/** Of one product: enough to keep the cores busy, and little memory. */
const ROWS_AT_ONCE = 256;

/**
 * Sums of products of the channels of tensors whose last axis has them.
 * @param tensors name -> number of channels
 * @returns them by name; and where the items came from: “generated”, or the id of a dataset
 */
export async function collectCovariances(
  model: ModelProto,
  tensors: ReadonlyMap<string, number>,
  context: { inputs: InputSource; products: MatrixProducts; onProgress: (progress: EngineProgress) => void },
): Promise<{ covariances: Map<string, Covariance>; source: string }> {
  const { products, ...request } = context;
  const found = new Map<string, { covariance: Covariance; rowCount: number }>();
  const { source } = await collectActivations({
    model,
    tensorNames: [...tensors.keys()],
    itemLimit: ITEM_LIMIT,
    ...request,
    async look(name, values) {
      const size = tensors.get(name) as number;
      const own = found.get(name) ?? { covariance: createCovariance(size), rowCount: 0 };
      found.set(name, own);
      const rowCount = Math.min(Math.floor(values.length / size), MOST_ROWS - own.rowCount);
      for (let first = 0; first < rowCount; first += ROWS_AT_ONCE) {
        const end = Math.min(rowCount, first + ROWS_AT_ONCE);
        const channels = channelsOf(values.subarray(first * size, end * size), size);
        await products.forEachStrip(channels, { size, rank: end - first }, (strip, start, count) =>
          addToCovariance(own.covariance, strip, { first: start, count }),
        );
        releaseBuffers(channels);
      }
      own.rowCount += rowCount;
    },
  });
  return { covariances: new Map([...found].map(([name, { covariance }]) => [name, covariance])), source };
}

/** From `[rows, size]` to `[size, rows]`. Values that are not finite count as zero. */
function channelsOf(values: Float32Array, size: number): Float64Array<ArrayBuffer> {
  const rowCount = values.length / size;
  const channels = new Float64Array(values.length);
  for (let row = 0; row < rowCount; row += 1) {
    for (let channel = 0; channel < size; channel += 1) {
      const value = values[row * size + channel] as number;
      channels[channel * rowCount + row] = Number.isFinite(value) ? value : 0;
    }
  }
  return channels;
}
