import type { EngineProgress, InputSource } from '#shared/engine-protocol.ts';
import type { ModelProto } from '../../onnx/ir.ts';
import { releaseBuffers } from '../../runtime/release-buffers.ts';
import { collectActivations } from '../calibration/collect-activations.ts';
import { addToCovariance, type Covariance, createCovariance, WAITING_ROWS } from './covariance.ts';
import type { MatrixProducts } from './matrix-products.ts';

/** More rows change the factors little, and cost time in proportion. */
const MOST_ROWS = 8192;
const ITEM_LIMIT = 128;
/** Fractions of it spread so evenly that rows of no place in an item are preferred. */
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

/**
 * Sums of products of the channels of tensors whose last axis has them, over rows that are spread evenly over all items.
 * @param tensors name -> number of channels
 * @returns them by name; and where the items came from: “generated”, or the id of a dataset
 */
export async function collectCovariances(
  model: ModelProto,
  tensors: ReadonlyMap<string, number>,
  context: { inputs: InputSource; products: MatrixProducts; onProgress: (progress: EngineProgress) => void },
): Promise<{ covariances: Map<string, Covariance>; source: string }> {
  const { products, ...request } = context;
  const found = new Map<string, { covariance: Covariance; waiting: Float32Array<ArrayBuffer>; rowCount: number }>();
  const addRows = async (covariance: Covariance, rows: Float32Array): Promise<void> => {
    const { size } = covariance;
    const channels = channelsOf(rows, size);
    await products.forEachStrip(channels, { size, rank: rows.length / size }, (strip, first, count) =>
      addToCovariance(covariance, strip, { first, count }),
    );
    releaseBuffers(channels);
  };
  const { source } = await collectActivations({
    model,
    tensorNames: [...tensors.keys()],
    itemLimit: ITEM_LIMIT,
    ...request,
    async look(name, values, _dims, share) {
      const size = tensors.get(name) as number;
      const own = found.get(name) ?? {
        covariance: createCovariance(size),
        waiting: new Float32Array(WAITING_ROWS * size),
        rowCount: 0,
      };
      found.set(name, own);
      for (const row of spreadRows(Math.floor(values.length / size), Math.ceil(MOST_ROWS * share))) {
        own.waiting.set(values.subarray(row * size, (row + 1) * size), own.rowCount * size);
        own.rowCount += 1;
        if (own.rowCount < WAITING_ROWS) continue;
        await addRows(own.covariance, own.waiting);
        own.rowCount = 0;
      }
    },
  });
  for (const { covariance, waiting, rowCount } of found.values()) {
    if (rowCount > 0) await addRows(covariance, waiting.subarray(0, rowCount * covariance.size));
    releaseBuffers(waiting);
  }
  return { covariances: new Map([...found].map(([name, { covariance }]) => [name, covariance])), source };
}

/** One row of each of so many even parts, or all where there are not more. */
function* spreadRows(rowCount: number, wantedCount: number): Generator<number> {
  const count = Math.min(rowCount, wantedCount);
  for (let index = 0; index < count; index += 1) {
    const place = count === rowCount ? 0 : (index * GOLDEN_RATIO) % 1;
    yield Math.floor(((index + place) * rowCount) / count);
  }
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
