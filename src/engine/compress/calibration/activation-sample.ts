/** Values of one tensor at the same places of every calibration item: what ranges, channels and means are read from. */
export type ActivationSample = {
  /** Item after item; in each of them runs of `inner` values belong to one channel after the other. */
  values: Float32Array;
  channelCount: number;
  inner: number;
  /** Of each channel: over all values of all items where they were looked at, else over those that are kept. */
  highest: Float64Array;
  lowest: Float64Array;
  /** Means over items of each item's extremes. */
  meanHighest: Float64Array;
  meanLowest: Float64Array;
};

/** Divides the values of each channel by its factor, in their place. */
export function divideChannels(sample: ActivationSample, factors: Float64Array): ActivationSample {
  const { values, channelCount, inner } = sample;
  for (let start = 0, channel = 0; start < values.length; start += inner) {
    const factor = factors[channel] as number;
    for (let index = start; index < start + inner; index += 1) values[index] = (values[index] as number) / factor;
    channel = channel + 1 === channelCount ? 0 : channel + 1;
  }
  const divide = (list: Float64Array): Float64Array =>
    list.map((value, channel) => value / (factors[channel] as number));
  return {
    ...sample,
    highest: divide(sample.highest),
    lowest: divide(sample.lowest),
    meanHighest: divide(sample.meanHighest),
    meanLowest: divide(sample.meanLowest),
  };
}
