import { AppError } from '#shared/app-error.ts';
import type { EngineTensor } from '#shared/engine-protocol.ts';
import { isFloating, readNumbers } from '../runtime/tensor-values.ts';

/**
 * Takes the array with a class for each item out of the arrays of a file.
 * @returns one whole number, not negative, for each item
 * Errors: `invalid-input`, naming the array, where it is missing, has another type or shape, or a value that is no class.
 */
export function takeLabels(arrays: Map<string, EngineTensor>, name: string, fileName: string): number[] {
  const array = arrays.get(name);
  if (array === undefined) {
    const held = [...arrays.keys()].map((item) => `“${item}”`).join(', ');
    throw new AppError('invalid-input', `${fileName} has no array “${name}” with labels; it has ${held}.`);
  }
  arrays.delete(name);
  const { dtype, shape, bytes } = array;
  const refuse = (what: string): never => {
    throw new AppError('invalid-input', `The labels “${name}” in ${fileName} ${what}.`);
  };
  if (isFloating(dtype) || dtype === 'bool') {
    refuse(`are ${dtype}, and classes are whole numbers. Convert them with .astype(numpy.int64)`);
  }
  // [items, 1] too, as some tools write them.
  if (shape.length === 0 || shape.slice(1).some((size) => size !== 1)) {
    refuse(`have the shape [${shape.join(', ')}], and one for each item was expected: [items]`);
  }
  const labels = Array.from(readNumbers(dtype, bytes));
  const negative = labels.findIndex((label) => label < 0);
  if (negative !== -1) refuse(`have ${labels[negative]} for item ${negative + 1}, which is no class: they begin at 0`);
  return labels;
}
