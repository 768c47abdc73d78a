/** Shapes of parts of tensors, and of tensors with a margin. */
import { intAttribute } from './attributes.ts';
import { axesOf, inputAt, integersAt, normalizeAxis, type Rule, shaped, shapedLike } from './shape-rule.ts';

export const gather: Rule = (node, [input, indices]) => {
  if (!input?.dims || !indices?.dims) return [];
  const axis = normalizeAxis(intAttribute(node, 'axis', 0), input.dims.length);
  const dims = [...input.dims.slice(0, axis), ...indices.dims, ...input.dims.slice(axis + 1)];
  const { values } = input;
  const picked =
    values && indices.values && input.dims.length === 1
      ? indices.values.map((index) => values[index < 0 ? index + values.length : index] ?? Number.NaN)
      : null;
  return [{ dims, values: picked }];
};

export const slice: Rule = (node, inputs) => {
  const [input] = inputs;
  if (!input?.dims) return [];
  const from = integersAt(node, inputs, { name: 'starts', index: 1 });
  const to = integersAt(node, inputs, { name: 'ends', index: 2 });
  const steps = integersAt(node, inputs, { name: 'steps', index: 4 });
  const given = axesOf(node, inputs, { index: 3, rank: input.dims.length });
  const axes = given === undefined ? from?.map((_, index) => index) : given;
  // It may be any of them that is cut.
  if (!axes) return [shapedLike(input.dims)];
  const dims = [...input.dims];
  let values = dims.length === 1 ? input.values : null;
  for (const [index, axis] of axes.entries()) {
    const size = dims[axis];
    if (size === undefined) return [];
    const part = cut(size, {
      from: from?.[index] ?? Number.NaN,
      to: to?.[index] ?? Number.NaN,
      step: steps === undefined ? 1 : (steps?.[index] ?? Number.NaN),
    });
    dims[axis] = part?.count ?? null;
    values = values && part && takeValues(values, part);
  }
  return [{ dims, values }];
};

type Cut = { first: number; count: number; step: number };

/** Null where something is not known. */
function cut(size: number | null, { from, to, step }: { from: number; to: number; step: number }): Cut | null {
  if (size === null || Number.isNaN(from + to + step) || step === 0) return null;
  // Backwards from the last element, and over the first.
  const [lowest, highest] = step > 0 ? [0, size] : [-1, size - 1];
  const clamp = (value: number, least: number): number =>
    Math.min(highest, Math.max(least, value < 0 ? value + size : value));
  const first = clamp(from, 0);
  return { first, count: Math.max(0, Math.ceil((clamp(to, lowest) - first) / step)), step };
}

function takeValues(values: readonly number[], { first, count, step }: Cut): number[] {
  return Array.from({ length: count }, (_, index) => values[first + index * step] as number);
}

export const split: Rule = (node, inputs) => {
  const [input] = inputs;
  if (!input?.dims) return [];
  const { dims } = input;
  const axis = normalizeAxis(intAttribute(node, 'axis', 0), dims.length);
  const parts = integersAt(node, inputs, { name: 'split', index: 1 });
  const size = dims[axis] ?? null;
  return node.outputs.map((_, index) => {
    const length = parts === undefined ? evenPart(size, { index, count: node.outputs.length }) : parts?.[index];
    return shaped(dims.map((other, position) => (position === axis ? (length ?? null) : other)));
  });
};

/** The last part is smaller where the others do not come out even. */
function evenPart(size: number | null, { index, count }: { index: number; count: number }): number | null {
  if (size === null) return null;
  const even = Math.ceil(size / count);
  const last = size - even * (count - 1);
  if (last < 0) return null;
  return index === count - 1 ? last : even;
}

export const pad: Rule = (node, inputs) => {
  const [input] = inputs;
  if (!input?.dims) return [];
  const { dims } = input;
  const pads = integersAt(node, inputs, { name: 'pads', index: 1 });
  // Some axes only, in their order.
  const isPartly = inputAt(node, inputs, 3) !== undefined;
  if (isPartly) return [shapedLike(dims)];
  if (pads?.length !== 2 * dims.length) return [];
  const rank = dims.length;
  return [
    shaped(dims.map((size, axis) => (size === null ? null : size + (pads[axis] ?? 0) + (pads[axis + rank] ?? 0)))),
  ];
};
