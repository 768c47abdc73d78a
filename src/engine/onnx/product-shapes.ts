/** Shapes of products of matrices, and of sums over axes. */
import { intAttribute } from './attributes.ts';
import { broadcastDims } from './elementwise-shapes.ts';
import { axesOf, type Rule, shaped, shapedLike } from './shape-rule.ts';

/** Operators that quantize have their second operand at another position. */
export const matMul =
  (weightIndex: number): Rule =>
  (_node, inputs) => {
    const a = inputs[0]?.dims;
    const b = inputs[weightIndex]?.dims;
    if (!a || !b || a.length === 0 || b.length === 0) return [];
    const left = a.length === 1 ? [1, ...a] : a;
    const right = b.length === 1 ? [...b, 1] : b;
    const batch = broadcastDims([left.slice(0, -2), right.slice(0, -2)]);
    if (batch === null) return [];
    const rows = a.length === 1 ? [] : [left.at(-2) ?? null];
    const columns = b.length === 1 ? [] : [right.at(-1) ?? null];
    return [shaped([...batch, ...rows, ...columns])];
  };

export const gemm: Rule = (node, [a, b]) => {
  if (!a?.dims || !b?.dims) return [];
  const rows = a.dims[intAttribute(node, 'transA', 0) === 1 ? 1 : 0];
  const columns = b.dims[intAttribute(node, 'transB', 0) === 1 ? 0 : 1];
  return [shaped([rows ?? null, columns ?? null])];
};

export const matMulNBits: Rule = (node, [a]) =>
  a?.dims ? [shaped([...a.dims.slice(0, -1), intAttribute(node, 'N', 0)])] : [];

export const reduce: Rule = (node, inputs) => {
  const [input] = inputs;
  if (!input?.dims) return [];
  const { dims } = input;
  const wanted = axesOf(node, inputs, { index: 1, rank: dims.length });
  const keeps = intAttribute(node, 'keepdims', 1) === 1;
  if (wanted === null) return [keeps ? shapedLike(dims) : shaped(null)];
  const isNone = intAttribute(node, 'noop_with_empty_axes', 0) === 1;
  const axes = wanted && wanted.length > 0 ? wanted : isNone ? [] : [...dims.keys()];
  const reduced = dims.map((size, index) => (axes.includes(index) ? 1 : size));
  return [shaped(keeps ? reduced : reduced.filter((_, index) => !axes.includes(index)))];
};
