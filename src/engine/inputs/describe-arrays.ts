import type { EngineTensor } from '#shared/engine-protocol.ts';
import type { InputFact } from '#shared/run-record.ts';
import type { ResolvedInput } from '../runtime/resolve-shapes.ts';
import { isNumeric, readNumbers } from '../runtime/tensor-values.ts';

/** What a case runs on: each input's type, shape and range. @param sourceOf where the values of an input come from, in words */
export function describeArrays(
  arrays: Record<string, EngineTensor>,
  sourceOf: (input: ResolvedInput) => string,
): InputFact[] {
  return Object.entries(arrays).map(([name, { dtype, shape, bytes }]) => {
    const range = isNumeric(dtype) ? rangeOf(readNumbers(dtype, bytes)) : null;
    return {
      name,
      dtype,
      shape,
      source: sourceOf({ name, dtype, shape }),
      lowest: range?.lowest ?? null,
      highest: range?.highest ?? null,
    };
  });
}

/** NaN is left out. @returns null where there is no number */
function rangeOf(values: ArrayLike<number>): { lowest: number; highest: number } | null {
  let lowest = Infinity;
  let highest = -Infinity;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number;
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  return Number.isFinite(lowest) && Number.isFinite(highest) ? { lowest, highest } : null;
}
