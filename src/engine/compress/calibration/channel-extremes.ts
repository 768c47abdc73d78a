/** Extremes of the channels of a tensor. Values that are not finite are left out. */
import type { ActivationSample } from './activation-sample.ts';

export type Extremes = {
  /** @param values row after row of one value for each channel: the largest of an item */
  add: (values: Float32Array) => void;
  /** The largest value of each channel; 0 before anything was seen. */
  highest: () => Float64Array;
  /** The mean over items of each item's largest value. */
  meanHighest: () => Float64Array;
};

export function createExtremes(channelCount: number): Extremes {
  const highest = new Float64Array(channelCount).fill(-Infinity);
  const sums = new Float64Array(channelCount);
  const counts = new Float64Array(channelCount);
  return {
    add(values) {
      for (let start = 0; start < values.length; start += channelCount) {
        for (let channel = 0; channel < channelCount; channel += 1) {
          const value = values[start + channel] as number;
          if (!Number.isFinite(value)) continue;
          if (value > (highest[channel] as number)) highest[channel] = value;
          sums[channel] = (sums[channel] as number) + value;
          counts[channel] = (counts[channel] as number) + 1;
        }
      }
    },
    highest: () => highest.map((value) => (value === -Infinity ? 0 : value)),
    meanHighest: () => sums.map((sum, channel) => sum / Math.max(1, counts[channel] as number)),
  };
}

/** Of the values that were kept; zero counts as one of them. */
export function channelExtremes({
  values,
  channelCount,
  inner,
}: Pick<ActivationSample, 'values' | 'channelCount' | 'inner'>): Pick<
  ActivationSample,
  'highest' | 'lowest' | 'meanHighest' | 'meanLowest'
> {
  const highest = new Float64Array(channelCount);
  const lowest = new Float64Array(channelCount);
  for (let start = 0, channel = 0; start < values.length; start += inner) {
    let high = highest[channel] as number;
    let low = lowest[channel] as number;
    for (let index = start; index < start + inner; index += 1) {
      const value = values[index] as number;
      if (value > high && value !== Infinity) high = value;
      if (value < low && value !== -Infinity) low = value;
    }
    highest[channel] = high;
    lowest[channel] = low;
    channel = channel + 1 === channelCount ? 0 : channel + 1;
  }
  return { highest, lowest, meanHighest: highest, meanLowest: lowest };
}
