/** Which values of a tensor are kept from each item: a grid over its positions, with all channels. */
import { product } from '../../onnx/shape-rules.ts';

export type SamplePlan = {
  /** Of the tensor for one batch. */
  dims: readonly number[];
  /** Along each of these axes every so many-th position is kept. */
  axes: readonly number[];
  step: number;
  channelAxis: number;
};

/** Fewer positions of an item would not stand for the others: borders and middles differ. */
const FEWEST_POSITIONS = 49;

/**
 * @param dims of the tensor, the batch first
 * @param channelAxis 1 for images, the last one for sequences
 * @param perItem values that are wanted of one item; more where that would be too few positions
 */
export function planSample(dims: readonly number[], channelAxis: number, perItem: number): SamplePlan {
  const axes = dims.map((_, axis) => axis).filter((axis) => axis > 0 && axis !== channelAxis);
  const sizes = axes.map((axis) => dims[axis] as number);
  const channelCount = dims[channelAxis] ?? 1;
  let step = 1;
  while (channelCount * countKept(sizes, step) > perItem && countKept(sizes, step + 1) >= FEWEST_POSITIONS) step += 1;
  return { dims, axes, step, channelAxis };
}

function countKept(sizes: readonly number[], step: number): number {
  return sizes.reduce((count, size) => count * Math.ceil(size / step), 1);
}

/** Shape of what is kept. */
export function sampledDims({ dims, axes, step }: SamplePlan): number[] {
  return dims.map((size, axis) => (axes.includes(axis) ? Math.ceil(size / step) : size));
}

/** Values that are kept of one item. */
export function sampledPerItem(plan: SamplePlan): number {
  return product(sampledDims(plan).slice(1)) ?? 1;
}
