/** What a rule for the output shapes of an operator is. */
import type { Inferred } from './infer-shapes.ts';
import type { NodeProto } from './ir.ts';

/** `null`: a size that is not known. */
export type Dims = (number | null)[];
/** The outputs of a node, in order; those that are left out are unknown. */
export type Rule = (node: NodeProto, inputs: readonly Inferred[]) => Inferred[];

/** More than any operator works on; a damaged file may ask for billions. */
export const MOST_DIMENSIONS = 64;

export const unknown: Inferred = { dims: null, values: null };
/** Sizes out of values, in which those that are not known are NaN. */
export function toDims(values: readonly (number | null)[]): Dims {
  return values.map((value) => (Number.isNaN(value) ? null : value));
}

export const shaped = (dims: Dims | null): Inferred => ({ dims, values: null });
