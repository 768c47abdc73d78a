/** One rule for each operator whose output shapes are known. A rule may give up: then its outputs are unknown. */
import { intAttribute, intsAttribute } from './attributes.ts';
import { elementTypeOf } from './element-types.ts';
import { entryOf } from './entry-of.ts';
import type { Inferred } from './infer-shapes.ts';
import type { NodeProto } from './ir.ts';
import { type Dims, MOST_DIMENSIONS, type Rule, shaped, toDims, unknown } from './shape-rule.ts';
import { convolution, convTranspose, globalPool, pool } from './window-shapes.ts';

export function inferNode(node: NodeProto, inputs: readonly Inferred[]): Inferred[] {
  return entryOf(rules, node.opType)?.(node, inputs) ?? [];
}

/** As many outputs as the node has, of the shape of its first input. */
const likeFirst: Rule = (_node, [first = unknown]) => [shaped(first.dims)];
const passValues: Rule = (_node, [first = unknown]) => [first];

/** Values of other types may be rounded, or divided with a fraction. */
const cast: Rule = (node, [first = unknown]) => {
  const type = elementTypeOf(intAttribute(node, 'to', 0));
  if (type === 'int64' || type === 'int32') return [first];
  const isTrue = (value: number): number => (Number.isNaN(value) ? value : Number(value !== 0));
  return [{ dims: first.dims, values: type === 'bool' ? (first.values?.map(isTrue) ?? null) : null }];
};

const broadcast: Rule = (node, inputs) => {
  const [a = unknown, b = unknown] = inputs;
  const dims = broadcastDims(inputs.slice(0, 2).map((input) => input.dims));
  const values = a.values && b.values ? computeValues(node.opType, a.values, b.values) : null;
  return [{ dims, values }];
};

const broadcastAll: Rule = (_node, inputs) => [shaped(broadcastDims(inputs.map((input) => input.dims)))];

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

const matMul =
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

const gemm: Rule = (node, [a, b]) => {
  if (!a?.dims || !b?.dims) return [];
  const rows = a.dims[intAttribute(node, 'transA', 0) === 1 ? 1 : 0];
  const columns = b.dims[intAttribute(node, 'transB', 0) === 1 ? 0 : 1];
  return [shaped([rows ?? null, columns ?? null])];
};

const matMulNBits: Rule = (node, [a]) =>
  a?.dims ? [shaped([...a.dims.slice(0, -1), intAttribute(node, 'N', 0)])] : [];

const flatten: Rule = (node, [input]) => {
  if (!input?.dims) return [];
  const rank = input.dims.length;
  const axis = intAttribute(node, 'axis', 1);
  const at = axis < 0 ? axis + rank : axis;
  return [shaped([product(input.dims.slice(0, at)), product(input.dims.slice(at))])];
};

const reshape: Rule = (node, [input, target]) => {
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

const transpose: Rule = (node, [input]) => {
  if (!input?.dims) return [];
  const { dims } = input;
  const order = intsAttribute(node, 'perm') ?? dims.map((_, index) => dims.length - 1 - index);
  return [shaped(order.map((axis) => dims[axis] ?? null))];
};

const concat: Rule = (node, inputs) => {
  if (inputs.some(({ dims }) => dims === null)) return [];
  const shapes = inputs.map(({ dims }) => dims as Dims);
  const [first = []] = shapes;
  const axis = normalizeAxis(intAttribute(node, 'axis', 0), first.length);
  const dims = first.map((size, index) => (index === axis ? sum(shapes.map((shape) => shape[axis] ?? null)) : size));
  const values = inputs.every((input) => input.values !== null)
    ? inputs.flatMap((input) => input.values as number[])
    : null;
  return [{ dims, values: first.length === 1 ? values : null }];
};

const shapeOf: Rule = (node, [input]) => {
  if (!input?.dims) return [];
  const rank = input.dims.length;
  const start = normalizeAxis(intAttribute(node, 'start', 0), rank);
  const end = normalizeAxis(intAttribute(node, 'end', rank), rank);
  const part = input.dims.slice(start, end);
  return [{ dims: [part.length], values: part.includes(null) ? partlyKnown(part) : (part as number[]) }];
};

/** Unknown sizes are carried as NaN, so that known ones beside them are not lost. */
function partlyKnown(part: Dims): number[] {
  return part.map((size) => size ?? Number.NaN);
}

const gather: Rule = (node, [input, indices]) => {
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

/** Undefined: left out. */
const inputAt = (node: NodeProto, inputs: readonly Inferred[], index: number): Inferred | undefined =>
  node.inputs[index] ? inputs[index] : undefined;

/** An attribute, an input in later opsets. Undefined: there are none. Null: not known. */
function axesOf(node: NodeProto, inputs: readonly Inferred[], index = 1): readonly number[] | null | undefined {
  const input = inputAt(node, inputs, index);
  return intsAttribute(node, 'axes') ?? (input?.values?.some(Number.isNaN) ? null : input?.values);
}

const unsqueeze: Rule = (node, inputs) => {
  const [input] = inputs;
  const axes = axesOf(node, inputs);
  if (!input?.dims || !axes) return [];
  const rank = input.dims.length + axes.length;
  const added = new Set(axes.map((axis) => normalizeAxis(axis, rank)));
  const rest = [...input.dims];
  const dims = Array.from({ length: rank }, (_, index) => (added.has(index) ? 1 : (rest.shift() ?? null)));
  return [{ dims, values: input.values }];
};

const squeeze: Rule = (node, inputs) => {
  const [input] = inputs;
  const given = axesOf(node, inputs);
  // Without axes it is the sizes that tell how many dimensions are left.
  if (!input?.dims || given === null || (!given && input.dims.includes(null))) return [];
  const axes = given?.map((axis) => normalizeAxis(axis, input.dims?.length ?? 0));
  const dims = input.dims.filter((size, index) => (axes ? !axes.includes(index) : size !== 1));
  return [{ dims, values: input.values }];
};

const slice: Rule = (node, inputs) => {
  const [input, starts, ends] = inputs;
  const steps = inputAt(node, inputs, 4);
  if (!input?.dims) return [];
  const from = intsAttribute(node, 'starts') ?? starts?.values;
  const to = intsAttribute(node, 'ends') ?? ends?.values;
  const { dims: before } = input;
  const given = axesOf(node, inputs, 3);
  if (!from || !to || given === null || (steps && !steps.values)) return [shaped(before.map(() => null))];
  const at = given ?? from.map((_, index) => index);
  const dims = [...before];
  let { values } = input;
  for (const [index, axis] of at.entries()) {
    const position = normalizeAxis(axis, dims.length);
    const size = dims[position];
    const step = steps?.values?.[index] ?? 1;
    if (typeof size !== 'number') {
      values = null;
      continue;
    }
    const clamp = (value: number): number => Math.min(size, Math.max(0, value < 0 ? value + size : value));
    const [low, high] = [clamp(from[index] ?? 0), clamp(to[index] ?? size)];
    if (!(step > 0) || Number.isNaN(low + high)) {
      dims[position] = null;
      values = null;
      continue;
    }
    dims[position] = Math.max(0, Math.ceil((high - low) / step));
    values = values && before.length === 1 ? values.slice(low, high).filter((_, offset) => offset % step === 0) : null;
  }
  return [{ dims, values }];
};

const split: Rule = (node, inputs) => {
  const [input] = inputs;
  const given = inputAt(node, inputs, 1);
  if (!input?.dims) return [];
  const axis = normalizeAxis(intAttribute(node, 'axis', 0), input.dims.length);
  const count = node.outputs.length;
  const size = input.dims[axis];
  const parts = intsAttribute(node, 'split') ?? given?.values ?? null;
  return node.outputs.map((_, index) => {
    const even = typeof size === 'number' ? Math.ceil(size / count) : null;
    const last = even === null || typeof size !== 'number' ? null : size - even * (count - 1);
    const length = parts ? (parts[index] ?? null) : given ? null : index === count - 1 ? last : even;
    return shaped((input.dims as Dims).map((other, position) => (position === axis ? length : other)));
  });
};

const reduce: Rule = (node, inputs) => {
  const [input] = inputs;
  if (!input?.dims) return [];
  const { dims } = input;
  const wanted = axesOf(node, inputs);
  const keeps = intAttribute(node, 'keepdims', 1) === 1;
  if (wanted === null) return [shaped(keeps ? dims.map(() => null) : null)];
  const isNone = wanted?.length === 0 && intAttribute(node, 'noop_with_empty_axes', 0) === 1;
  const isAll = !isNone && (wanted ?? []).length === 0;
  const axes = isAll ? [...dims.keys()] : (wanted ?? []).map((axis) => normalizeAxis(axis, dims.length));
  const reduced = dims.map((size, index) => (axes.includes(index) ? 1 : size));
  return [shaped(keeps ? reduced : reduced.filter((_, index) => !axes.includes(index)))];
};

const expand: Rule = (_node, [input, target]) => {
  if (!target?.values) return [];
  return [shaped(broadcastDims([input?.dims ?? null, toDims(target.values)]))];
};

const constantOfShape: Rule = (_node, [target]) => (target?.values ? [shaped(toDims(target.values))] : []);

const pad: Rule = (node, inputs) => {
  const [input, given] = inputs;
  const pads = intsAttribute(node, 'pads') ?? given?.values;
  // Some axes only, in their order.
  if (inputAt(node, inputs, 3)) return [shaped(input?.dims?.map(() => null) ?? null)];
  if (!input?.dims || !pads || pads.length !== 2 * input.dims.length) return [];
  const rank = input.dims.length;
  return [
    shaped(
      input.dims.map((size, axis) => (size === null ? null : size + (pads[axis] ?? 0) + (pads[axis + rank] ?? 0))),
    ),
  ];
};

const dynamicQuantize: Rule = (_node, [input = unknown]) => [shaped(input.dims), shaped([]), shaped([])];

function normalizeAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

export function product(dims: Dims): number | null {
  return dims.reduce<number | null>(
    (total, size) => (total === null || size === null || Number.isNaN(size) ? null : total * size),
    1,
  );
}

function sum(sizes: Dims): number | null {
  return sizes.reduce<number | null>((total, size) => (total === null || size === null ? null : total + size), 0);
}

const forEach = (names: string, rule: Rule): Record<string, Rule> =>
  Object.fromEntries(names.split(' ').map((name) => [name, rule]));

const rules: Record<string, Rule> = {
  Identity: passValues,
  Cast: cast,
  ...forEach(
    'Relu LeakyRelu PRelu Elu Selu Celu Gelu QuickGelu Sigmoid HardSigmoid HardSwish Mish Tanh Erf Exp Log Sqrt Reciprocal Abs Neg Floor Ceil Round Sign Softplus Softsign Clip Dropout Softmax LogSoftmax Hardmax BatchNormalization InstanceNormalization LayerNormalization GroupNormalization SimplifiedLayerNormalization RMSNormalization LRN CumSum QuantizeLinear DequantizeLinear Not FastGelu BiasGelu',
    likeFirst,
  ),
  ...forEach('Add Sub Mul Div Pow Mod And Or Xor Equal Less Greater LessOrEqual GreaterOrEqual', broadcast),
  ...forEach('Sum Mean Max Min Where', broadcastAll),
  ...forEach('ReduceMean ReduceSum ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceLogSumExp', reduce),
  ...forEach('Conv ConvInteger', convolution(1)),
  QLinearConv: convolution(3),
  ConvTranspose: convTranspose,
  ...forEach('MaxPool AveragePool LpPool', pool),
  ...forEach('GlobalAveragePool GlobalMaxPool GlobalLpPool', globalPool),
  ...forEach('MatMul MatMulInteger', matMul(1)),
  QLinearMatMul: matMul(3),
  Gemm: gemm,
  MatMulNBits: matMulNBits,
  Flatten: flatten,
  Reshape: reshape,
  Transpose: transpose,
  Concat: concat,
  Shape: shapeOf,
  Gather: gather,
  Unsqueeze: unsqueeze,
  Squeeze: squeeze,
  Slice: slice,
  Split: split,
  Expand: expand,
  ConstantOfShape: constantOfShape,
  Pad: pad,
  DynamicQuantizeLinear: dynamicQuantize,
};
