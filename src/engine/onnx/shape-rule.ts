/** What a rule for the output shapes of an operator is, and what such rules share. */
import { intsAttribute } from './attributes.ts';
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
/** Only the rank is known. */
export const shapedLike = (dims: Dims | null | undefined): Inferred => shaped(dims?.map(() => null) ?? null);

export function product(dims: Dims): number | null {
  return dims.reduce<number | null>(
    (total, size) => (total === null || size === null || Number.isNaN(size) ? null : total * size),
    1,
  );
}

export function normalizeAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** Undefined: left out. */
export const inputAt = (node: NodeProto, inputs: readonly Inferred[], index: number): Inferred | undefined =>
  node.inputs[index] ? inputs[index] : undefined;

/** Integers that an attribute gives, an input in later opsets. Undefined: there are none. Null: not known. */
export function integersAt(
  node: NodeProto,
  inputs: readonly Inferred[],
  { name, index }: { name: string; index: number },
): readonly number[] | null | undefined {
  return intsAttribute(node, name) ?? inputAt(node, inputs, index)?.values;
}

/** Undefined: there are none. Null: not known, not one of them. */
export function axesOf(
  node: NodeProto,
  inputs: readonly Inferred[],
  { index, rank }: { index: number; rank: number },
): readonly number[] | null | undefined {
  const axes = integersAt(node, inputs, { name: 'axes', index });
  if (!axes) return axes;
  return axes.some(Number.isNaN) ? null : axes.map((axis) => normalizeAxis(axis, rank));
}
