/** How a dataset's items are fed to a model: which input, and how many at a time. */
import { AppError } from '#shared/app-error.ts';
import type { OpenDataset } from '../datasets/open-dataset-with.ts';
import type { InputSlot, ResolvedInput } from './resolve-shapes.ts';

export type BatchPlan = {
  /** Its first dimension is the batch size. */
  input: ResolvedInput;
  batchSize: number;
};

/**
 * A model takes a dataset when it has one input whose shape, the batch aside, is that of an item (leading ones do not
 * matter). A symbolic batch takes the wanted size, a fixed one its own.
 * @param options.isExact the wanted size must be met, and the dataset must have so many items
 * Errors: `unsupported`, naming the input and both shapes.
 */
export function planBatches(
  slots: readonly InputSlot[],
  dataset: Pick<OpenDataset, 'id' | 'itemShape' | 'itemCount'>,
  options: { batchSize: number; isExact?: boolean },
): BatchPlan {
  const [slot] = slots;
  if (slot === undefined || slots.length > 1) {
    throw new AppError(
      'unsupported',
      `The dataset ${dataset.id} has one input per item, but the model has ${slots.length} inputs: ${slots.map(({ name }) => `“${name}”`).join(', ')}.`,
    );
  }
  const [batchDimension, ...itemDimensions] = slot.shape;
  const itemShape = matchItemShape(itemDimensions, dataset.itemShape);
  if (batchDimension === undefined || itemShape === null) {
    throw new AppError(
      'unsupported',
      `An item of ${dataset.id} has the shape [${dataset.itemShape.join(', ')}], but the input “${slot.name}” takes [${slot.shape.map((size) => (size === '' ? '?' : size)).join(', ')}].`,
    );
  }
  const batchSize = typeof batchDimension === 'number' ? batchDimension : options.batchSize;
  if (options.isExact && batchSize !== options.batchSize) {
    throw new AppError(
      'unsupported',
      `The model fixes the batch of “${slot.name}” at ${batchSize}, so it cannot be run at batch ${options.batchSize}.`,
    );
  }
  if (options.isExact && batchSize > dataset.itemCount) {
    throw new AppError(
      'invalid-input',
      `The dataset ${dataset.id} has ${dataset.itemCount} items, fewer than a batch of ${batchSize}.`,
    );
  }
  return {
    input: { name: slot.name, dtype: slot.dtype, shape: [batchSize, ...itemShape] },
    batchSize,
  };
}

/** The item's shape as the input's rank wants it, or null when they do not fit; symbolic dimensions take any size. */
function matchItemShape(wanted: readonly (number | string)[], itemShape: readonly number[]): number[] | null {
  const trimmed = [...itemShape];
  while (trimmed.length > wanted.length && trimmed[0] === 1) trimmed.shift();
  while (trimmed.length < wanted.length) trimmed.unshift(1);
  if (trimmed.length !== wanted.length) return null;
  return trimmed.every((size, axis) => typeof wanted[axis] === 'string' || wanted[axis] === size) ? trimmed : null;
}
