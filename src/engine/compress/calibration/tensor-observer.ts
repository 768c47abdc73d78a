/** What is gathered of one tensor, batch by batch. */
import type { Tensor } from '../../runtime/onnxruntime-types.ts';
import type { ActivationSample } from './activation-sample.ts';
import { channelExtremes, createExtremes } from './channel-extremes.ts';
import type { ObservedOutputs } from './observe-tensors.ts';
import { type SamplePlan, sampledPerItem } from './plan-sample.ts';

export type ChannelStatistics = {
  /** Of each channel. */
  means: Float64Array;
  channelAxis: number;
  /** Of the tensor, for a batch of one item. */
  dims: readonly number[];
};

export type TensorObserver = {
  /** @param takesMeans whether the items of this batch count for the means */
  look: (results: Readonly<Record<string, Tensor>>, itemCount: number, takesMeans: boolean) => void;
  sample: () => ActivationSample;
  statistics: () => ChannelStatistics;
};

/** @param options.mostValues that are kept, unless those of one item are more */
export function createTensorObserver(
  plan: SamplePlan,
  outputs: ObservedOutputs,
  options: { itemCount: number; mostValues: number },
): TensorObserver {
  const { dims, channelAxis } = plan;
  const perItem = sampledPerItem(plan);
  const channelCount = dims[channelAxis] ?? 1;
  const inner = channelAxis === dims.length - 1 ? 1 : perItem / channelCount;
  const itemStride = Math.max(1, Math.ceil((options.itemCount * perItem) / Math.max(options.mostValues, perItem)));
  const kept = new Float32Array(Math.ceil(options.itemCount / itemStride) * perItem);
  const sums = new Float64Array(channelCount);
  const highest = createExtremes(channelCount);
  const lowest = createExtremes(channelCount);
  let seenItems = 0;
  let keptLength = 0;
  let meanRows = 0;

  const keep = (values: Float32Array, itemCount: number): void => {
    for (let item = 0; item < itemCount && keptLength < kept.length; item += 1, seenItems += 1) {
      if (seenItems % itemStride !== 0) continue;
      kept.set(values.subarray(item * perItem, (item + 1) * perItem), keptLength);
      keptLength += perItem;
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
    look(results, itemCount, takesMeans) {
      const valuesOf = (output: string | null): Float32Array | undefined =>
        output === null ? undefined : (results[output]?.data as Float32Array | undefined);
      const [values, means, high, low] = [outputs.values, outputs.mean, outputs.highest, outputs.lowest].map(valuesOf);
      if (values) keep(values, itemCount);
      if (means && takesMeans) addMeans(means);
      if (high) highest.add(high);
      if (low) lowest.add(low);
    },
    sample() {
      const values = kept.subarray(0, keptLength);
      const sample = { values, channelCount, inner };
      if (outputs.highest === null) return { ...sample, ...channelExtremes(sample) };
      // The lowest were seen as the highest of the negative tensor; what has none is at least 0.
      return {
        ...sample,
        highest: highest.highest(),
        meanHighest: highest.meanHighest(),
        lowest: lowest.highest().map((value) => -value),
        meanLowest: lowest.meanHighest().map((value) => -value),
      };
    },
    statistics: () => ({ means: sums.map((sum) => sum / Math.max(1, meanRows)), channelAxis, dims }),
  };
}
