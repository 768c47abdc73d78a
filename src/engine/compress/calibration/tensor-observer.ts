/** What is gathered of one tensor, batch by batch. */
import type { Tensor } from '../../runtime/onnxruntime-types.ts';
import type { ActivationSample } from './activation-sample.ts';
import { channelExtremes, createExtremes } from './channel-extremes.ts';
import type { ObservedOutputs } from './observe-tensors.ts';
import { type SamplePlan, sampledPerRow } from './plan-sample.ts';

export type ChannelStatistics = {
  /** Of each channel. */
  means: Float64Array;
  /** In the tensor. */
  channelAxis: number;
  /** Of the tensor for one run, in the form that was looked at: its own where channels come second. */
  dims: readonly number[];
};

export type TensorObserver = {
  /**
   * @param outputs what of the results is of this tensor
   * @param takesMeans whether the items of this batch count for the means
   */
  look: (results: Readonly<Record<string, Tensor>>, outputs: ObservedOutputs, takesMeans: boolean) => void;
  sample: () => ActivationSample;
  statistics: () => ChannelStatistics;
};

/**
 * @param options.itemCount of which values will be seen, at most
 * @param options.mostValues that are kept, unless those of one row are more
 * @param options.seesExtremes whether extremes are seen apart from the values
 */
export function createTensorObserver(
  plan: SamplePlan,
  options: { itemCount: number; mostValues: number; seesExtremes: boolean },
): TensorObserver {
  const { dims, channelAxis, ownChannelAxis, rowsPerItem } = plan.view;
  const perRow = sampledPerRow(plan);
  const channelCount = dims[channelAxis] ?? 1;
  const inner = channelAxis === dims.length - 1 ? 1 : perRow / channelCount;
  const rowCount = Math.ceil(options.itemCount * rowsPerItem);
  const rowStride = Math.max(1, Math.ceil((rowCount * perRow) / Math.max(options.mostValues, perRow)));
  const kept = new Float32Array(Math.ceil(rowCount / rowStride) * perRow);
  const sums = new Float64Array(channelCount);
  const highest = createExtremes(channelCount);
  const lowest = createExtremes(channelCount);
  let seenRows = 0;
  let keptLength = 0;
  let meanRows = 0;

  const keep = (values: Float32Array): void => {
    for (let start = 0; start + perRow <= values.length && keptLength < kept.length; start += perRow, seenRows += 1) {
      if (seenRows % rowStride !== 0) continue;
      kept.set(values.subarray(start, start + perRow), keptLength);
      keptLength += perRow;
    }
  };
  const addMeans = (values: Float32Array): void => {
    for (let start = 0; start < values.length; start += channelCount, meanRows += 1) {
      for (let channel = 0; channel < channelCount; channel += 1) {
        sums[channel] = (sums[channel] as number) + (values[start + channel] as number);
      }
    }
  };

  return {
    look(results, outputs, takesMeans) {
      const valuesOf = (output: string | null): Float32Array | undefined =>
        output === null ? undefined : (results[output]?.data as Float32Array | undefined);
      const [values, means, high, low] = [outputs.values, outputs.mean, outputs.highest, outputs.lowest].map(valuesOf);
      if (values) keep(values);
      if (means && takesMeans) addMeans(means);
      if (high) highest.add(high);
      if (low) lowest.add(low);
    },
    sample() {
      const values = kept.subarray(0, keptLength);
      const sample = { values, channelCount, inner };
      if (!options.seesExtremes) return { ...sample, ...channelExtremes(sample) };
      // The lowest were seen as the highest of the negative tensor; what has none is at least 0.
      return {
        ...sample,
        highest: highest.highest(),
        meanHighest: highest.meanHighest(),
        lowest: lowest.highest().map((value) => -value),
        meanLowest: lowest.meanHighest().map((value) => -value),
      };
    },
    statistics: () => ({ means: sums.map((sum) => sum / Math.max(1, meanRows)), channelAxis: ownChannelAxis, dims }),
  };
}
