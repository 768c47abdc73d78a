/** Shapes of what operators make element by element. */
import { intAttribute } from './attributes.ts';
import { elementTypeOf } from './element-types.ts';
import { entryOf } from './entry-of.ts';
import { type Dims, product, type Rule, shaped, unknown } from './shape-rule.ts';

/** The first output; others are unknown. */
export const likeFirst: Rule = (_node, [first = unknown]) => [shaped(first.dims)];
export const passValues: Rule = (_node, [first = unknown]) => [first];

/** Values of other types may be rounded, or divided with a fraction. */
export const cast: Rule = (node, [first = unknown]) => {
  const type = elementTypeOf(intAttribute(node, 'to', 0));
  if (type === 'int64' || type === 'int32') return [first];
  const isTrue = (value: number): number => (Number.isNaN(value) ? value : Number(value !== 0));
  return [{ dims: first.dims, values: type === 'bool' ? (first.values?.map(isTrue) ?? null) : null }];
};

export const broadcast: Rule = (node, inputs) => {
  const [a = unknown, b = unknown] = inputs;
  const dims = broadcastDims(inputs.slice(0, 2).map((input) => input.dims));
  const values = a.values && b.values ? computeValues(node.opType, a.values, b.values) : null;
  // A row and a column of as many elements give a square.
  return [{ dims, values: dims && values?.length === product(dims) ? values : null }];
};

export const broadcastAll: Rule = (_node, inputs) => [shaped(broadcastDims(inputs.map((input) => input.dims)))];

export function broadcastDims(shapes: readonly (Dims | null)[]): Dims | null {
  if (shapes.some((dims) => dims === null)) return null;
  const known = shapes as Dims[];
  const rank = Math.max(0, ...known.map((dims) => dims.length));
  return Array.from({ length: rank }, (_, index) => {
    const sizes = known.map((dims) => {
      const at = index - rank + dims.length;
      return at < 0 ? 1 : (dims[at] ?? null);
    });
    const larger = sizes.find((size) => size !== null && size !== 1);
    if (larger !== undefined) return larger;
    return sizes.includes(null) ? null : 1;
  });
}

function computeValues(opType: string, a: readonly number[], b: readonly number[]): number[] | null {
  const length = Math.max(a.length, b.length);
  if ((a.length !== length && a.length !== 1) || (b.length !== length && b.length !== 1)) return null;
  const operation = entryOf(arithmetic, opType);
  if (!operation) return null;
  return Array.from({ length }, (_, index) => {
    const [left, right] = [a[a.length === 1 ? 0 : index] as number, b[b.length === 1 ? 0 : index] as number];
    const result = operation(left, right);
    // Beyond, doubles are not what 64 bits hold.
    return [left, right, result].every(Number.isSafeInteger) ? result : Number.NaN;
  });
}

const arithmetic: Record<string, (a: number, b: number) => number> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => Math.trunc(a / b),
};
