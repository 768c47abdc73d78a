/** Which outputs of a model can be compared with another's. */
import { AppError } from '#shared/app-error.ts';
import type { Session } from '../runtime/onnxruntime-types.ts';
import { isFloating, isNumeric } from '../runtime/tensor-values.ts';

/** Name, type and shape as the session declares them. */
export type OutputSlot = { name: string; dtype: string; shape: readonly (number | string)[] };

/** Of a session's outputs those that are tensors. */
export function outputSlotsOf({ outputMetadata }: Pick<Session, 'outputMetadata'>): OutputSlot[] {
  return outputMetadata.flatMap((output) =>
    output.isTensor ? [{ name: output.name, dtype: output.type, shape: output.shape }] : [],
  );
}

/**
 * Float ones, or all numeric ones where there is no float.
 * Errors: `unsupported` where there is neither.
 */
export function comparableOutputs(tensors: readonly OutputSlot[]): OutputSlot[] {
  const floating = tensors.filter(({ dtype }) => isFloating(dtype));
  const comparable = floating.length > 0 ? floating : tensors.filter(({ dtype }) => isNumeric(dtype));
  if (comparable.length > 0) return comparable;
  throw new AppError(
    'unsupported',
    'The model has no numeric tensor among its outputs, so there is nothing to compare.',
  );
}
