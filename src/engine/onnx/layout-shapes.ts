/** Shapes of what keeps all elements and puts them into another shape, and of what makes tensors of a given one. */
import { intAttribute, intsAttribute } from './attributes.ts';
import { broadcastDims } from './elementwise-shapes.ts';
import {
  axesOf,
  type Dims,
  integersAt,
  MOST_DIMENSIONS,
  normalizeAxis,
  product,
  type Rule,
  shaped,
  toDims,
} from './shape-rule.ts';

export const flatten: Rule = (node, [input]) => {
  if (!input?.dims) return [];
  const at = normalizeAxis(intAttribute(node, 'axis', 1), input.dims.length);
  return [shaped([product(input.dims.slice(0, at)), product(input.dims.slice(at))])];
};

export const reshape: Rule = (node, [input, target]) => {
  const wanted = target?.values;
  if (!wanted) {
    const rank = target?.dims?.length === 1 ? target.dims[0] : null;
    return [shaped(rank && rank <= MOST_DIMENSIONS ? Array.from({ length: rank }, () => null) : null)];
  }
  const keepsZero = intAttribute(node, 'allowzero', 0) === 1;
  const dims: Dims = toDims(wanted).map((size, index) =>
    size === 0 && !keepsZero ? (input?.dims?.[index] ?? null) : size,
  );
  const open = dims.indexOf(-1);
  if (open >= 0) {
    const total = input?.dims ? product(input.dims) : null;
    const others = product(dims.filter((_, index) => index !== open));
    dims[open] = total === null || others === null || others === 0 ? null : total / others;
  }
  return [{ dims, values: input?.values ?? null }];
};

export const transpose: Rule = (node, [input]) => {
  if (!input?.dims) return [];
  const { dims } = input;
  const order = intsAttribute(node, 'perm') ?? dims.map((_, index) => dims.length - 1 - index);
  return [shaped(order.map((axis) => dims[axis] ?? null))];
};

export const concat: Rule = (node, inputs) => {
  if (inputs.some(({ dims }) => dims === null)) return [];
  const shapes = inputs.map(({ dims }) => dims as Dims);
  const [first = []] = shapes;
  const axis = normalizeAxis(intAttribute(node, 'axis', 0), first.length);
  const dims = first.map((_, index) => {
    const sizes = shapes.map((shape) => shape[index] ?? null);
    // Along the others all are the same.
    return index === axis ? sum(sizes) : (sizes.find((size) => size !== null) ?? null);
  });
  const values = inputs.every((input) => input.values !== null)
    ? inputs.flatMap((input) => input.values as number[])
    : null;
  return [{ dims, values: first.length === 1 ? values : null }];
};

function sum(sizes: Dims): number | null {
  return sizes.reduce<number | null>((total, size) => (total === null || size === null ? null : total + size), 0);
}

export const unsqueeze: Rule = (node, inputs) => {
  const [input] = inputs;
  if (!input?.dims) return [];
  const count = integersAt(node, inputs, { name: 'axes', index: 1 })?.length ?? 0;
  const rank = input.dims.length + count;
  const axes = axesOf(node, inputs, { index: 1, rank });
  if (!axes) return [];
  const added = new Set(axes);
  const rest = [...input.dims];
  const dims = Array.from({ length: rank }, (_, index) => (added.has(index) ? 1 : (rest.shift() ?? null)));
  return [{ dims, values: input.values }];
};

export const squeeze: Rule = (node, inputs) => {
  const [input] = inputs;
  if (!input?.dims) return [];
  const axes = axesOf(node, inputs, { index: 1, rank: input.dims.length });
  // Without axes it is the sizes that tell how many dimensions are left.
  if (axes === null || (!axes && input.dims.includes(null))) return [];
  const dims = input.dims.filter((size, index) => (axes ? !axes.includes(index) : size !== 1));
  return [{ dims, values: input.values }];
};

export const shapeOf: Rule = (node, [input]) => {
  if (!input?.dims) return [];
  const rank = input.dims.length;
  const clamp = (axis: number): number => Math.min(rank, Math.max(0, normalizeAxis(axis, rank)));
  const part = input.dims.slice(clamp(intAttribute(node, 'start', 0)), clamp(intAttribute(node, 'end', rank)));
  // Unknown sizes are carried as NaN, so that known ones beside them are not lost.
  return [{ dims: [part.length], values: part.map((size) => size ?? Number.NaN) }];
};

export const expand: Rule = (_node, [input, target]) => {
  if (!target?.values) return [];
  return [shaped(broadcastDims([input?.dims ?? null, toDims(target.values)]))];
};

export const constantOfShape: Rule = (_node, [target]) => (target?.values ? [shaped(toDims(target.values))] : []);
