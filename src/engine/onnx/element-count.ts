import { AppError } from '#shared/app-error.ts';
import type { TensorProto } from './ir.ts';

/** Errors: `invalid-model` for dims that are negative, or multiply to more than a number can count. */
export function elementCount({ dims, name = '' }: Pick<TensorProto, 'dims'> & { name?: string }): number {
  const count = dims.reduce((product, dimension) => product * dimension, 1);
  if (Number.isSafeInteger(count) && dims.every((dimension) => dimension >= 0)) return count;
  throw new AppError('invalid-model', `The weight “${name}” cannot have the dimensions [${dims.join(', ')}].`);
}
