import type { InputFact } from '#shared/run-record.ts';
import type { Feeds } from './make-feeds.ts';
import { bytesOf, isNumeric, readNumbers } from './tensor-values.ts';

/** What a case runs on: each input's type, shape and range. @param sourceOf where the values of an input come from, in words */
export function describeFeeds(feeds: Feeds, sourceOf: (input: { name: string; dtype: string }) => string): InputFact[] {
  return Object.entries(feeds).map(([name, tensor]) => {
    const { type: dtype, dims } = tensor;
    const range = isNumeric(dtype) ? rangeOf(readNumbers(dtype, bytesOf(name, tensor))) : null;
    return {
      name,
      dtype,
      shape: [...dims],
      source: sourceOf({ name, dtype }),
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
