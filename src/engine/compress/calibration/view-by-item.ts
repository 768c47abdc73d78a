/**
 * A tensor in a form whose first axis counts items. Many have the batch elsewhere: tokens of all items in one row after the other
 * (`[-1, channels]`), sequences before the batch (`[positions, batch, channels]`), windows as items of their own.
 */
export type ItemView = {
  /** Of the tensor in this form, for one run. */
  dims: readonly number[];
  /** In this form. */
  channelAxis: number;
  /** In the tensor itself. */
  ownChannelAxis: number;
  /** What brings it into this form; null where it has it. */
  change: { kind: 'transpose'; order: readonly number[] } | { kind: 'reshape'; shape: readonly number[] } | null;
  /** Rows of the first axis that belong to an item. More than 1 where the form cannot tell items apart. */
  rowsPerItem: number;
  /** Whether channels come second, before positions, as those of convolutions. */
  isImage: boolean;
};

/**
 * @param dims of the tensor for one run
 * @param about.itemsPerRun of that run
 * @param about.isImage channels come second; the first axis stays, because ONNX Runtime's pooling thins images of one batch axis
 * @param about.isEven whether each item is known to have as many rows as the others
 */
export function viewByItem(
  dims: readonly number[],
  about: { channelAxis: number; itemsPerRun: number; isImage: boolean; isEven: boolean },
): ItemView {
  const { channelAxis, itemsPerRun } = about;
  const [rows = 1, ...others] = dims;
  const rowsPerItem = rows / itemsPerRun;
  const asItIs: ItemView = {
    dims,
    channelAxis,
    ownChannelAxis: channelAxis,
    change: null,
    rowsPerItem: Math.max(1, rowsPerItem),
    isImage: about.isImage && dims.length > 2,
  };
  if (rowsPerItem === 1 || about.isImage) return asItIs;
  const axes = dims.map((_, axis) => axis);
  const batchAxis = axes.find((axis) => axis > 0 && axis !== channelAxis && dims[axis] === itemsPerRun);
  if (batchAxis !== undefined) {
    const order = [batchAxis, ...axes.filter((axis) => axis !== batchAxis)];
    return {
      ...asItIs,
      dims: order.map((axis) => dims[axis] as number),
      channelAxis: order.indexOf(channelAxis),
      change: { kind: 'transpose', order },
      rowsPerItem: 1,
    };
  }
  if (!about.isEven || !Number.isInteger(rowsPerItem)) return asItIs;
  return {
    ...asItIs,
    dims: [itemsPerRun, rowsPerItem, ...others],
    channelAxis: channelAxis + 1,
    change: { kind: 'reshape', shape: [-1, rowsPerItem, ...others] },
    rowsPerItem: 1,
  };
}
