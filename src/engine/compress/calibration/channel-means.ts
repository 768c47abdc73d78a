/** The mean of each channel of a tensor over all calibration items. */

export type ChannelMeans = { sums: Float64Array; countPerChannel: number };

/** @param axis of the channels; negative from the end */
export function addToMeans(
  means: ChannelMeans | undefined,
  values: Float32Array,
  dims: readonly number[],
  axis: number,
): ChannelMeans {
  const at = axis < 0 ? axis + dims.length : axis;
  const channelCount = dims[at] as number;
  const inner = dims.slice(at + 1).reduce((product, size) => product * size, 1);
  const { sums, countPerChannel } = means ?? { sums: new Float64Array(channelCount), countPerChannel: 0 };
  for (let start = 0, channel = 0; start < values.length; start += inner) {
    let sum = 0;
    for (let index = start; index < start + inner; index += 1) sum += values[index] as number;
    sums[channel] = (sums[channel] as number) + sum;
    channel = channel + 1 === channelCount ? 0 : channel + 1;
  }
  return { sums, countPerChannel: countPerChannel + values.length / channelCount };
}

export function meansOf({ sums, countPerChannel }: ChannelMeans): Float64Array {
  return sums.map((sum) => sum / Math.max(1, countPerChannel));
}
