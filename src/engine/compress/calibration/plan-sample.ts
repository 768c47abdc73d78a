/** Which values of a tensor are kept from each item: a grid over its positions, with all channels. */
import { product } from '../../onnx/shape-rule.ts';
import type { NodeProto } from '../../onnx/ir.ts';
import type { ItemView } from './view-by-item.ts';

export type SamplePlan = {
  view: ItemView;
  /** Along each of these axes every so many-th position is kept. */
  axes: readonly number[];
  step: number;
  /** Of an image: the convolution that makes it, where looking at it would keep ONNX Runtime from adding in the convolution; else null. */
  summand: NodeProto | null;
};

/**
 * Fewer positions of an item would not stand for the others: borders and middles differ, and text covers little of an image. Of sequences more
 * items say more than more positions.
 */
const FEWEST_POSITIONS = { image: 49, sequence: 16 };

/**
 * @param summand the convolution that makes it, where looking at the tensor would keep ONNX Runtime from adding in the convolution
 * @param view its channel axis is 1 for images, the last one for sequences
 * @param perItem values that are wanted of one item; more where that would be too few positions
 */
export function planSample(view: ItemView, perItem: number, summand: NodeProto | null = null): SamplePlan {
  const { dims, channelAxis } = view;
  const perRow = perItem / view.rowsPerItem;
  const axes = dims.map((_, axis) => axis).filter((axis) => axis > 0 && axis !== channelAxis);
  const sizes = axes.map((axis) => dims[axis] as number);
  const channelCount = dims[channelAxis] ?? 1;
  const fewest = view.isImage ? FEWEST_POSITIONS.image : FEWEST_POSITIONS.sequence;
  let step = 1;
  while (channelCount * countKept(sizes, step) > perRow && countKept(sizes, step + 1) >= fewest) step += 1;
  return { view, axes, step, summand: view.isImage ? summand : null };
}

function countKept(sizes: readonly number[], step: number): number {
  return sizes.reduce((count, size) => count * Math.ceil(size / step), 1);
}

/** Shape of what is kept of one run. */
export function sampledDims({ view, axes, step }: SamplePlan): number[] {
  return view.dims.map((size, axis) => (axes.includes(axis) ? Math.ceil(size / step) : size));
}

/** Values that are kept of one row of the first axis. */
export function sampledPerRow(plan: SamplePlan): number {
  return product(sampledDims(plan).slice(1)) ?? 1;
}
