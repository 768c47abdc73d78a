/** Shapes of what a window slides over: convolutions and pooling. */
import { findAttribute, intAttribute, intsAttribute, textAttribute } from './attributes.ts';
import type { NodeProto } from './ir.ts';
import { type Dims, type Rule, shaped } from './shape-rule.ts';

/** Output size of a window that slides over each spatial dimension. */
function slide(node: NodeProto, spatial: Dims, kernel: readonly (number | null)[]): Dims {
  const strides = intsAttribute(node, 'strides') ?? [];
  const dilations = intsAttribute(node, 'dilations') ?? [];
  const pads = intsAttribute(node, 'pads') ?? [];
  const autoPad = textAttribute(node, 'auto_pad', 'NOTSET');
  const isCeil = intAttribute(node, 'ceil_mode', 0) === 1;
  return spatial.map((size, axis) => {
    const window = kernel[axis] ?? null;
    if (size === null || window === null) return null;
    const stride = strides[axis] ?? 1;
    if (autoPad.startsWith('SAME')) return Math.ceil(size / stride);
    const reach = (window - 1) * (dilations[axis] ?? 1) + 1;
    const [before, after] = autoPad === 'VALID' ? [0, 0] : [pads[axis] ?? 0, pads[axis + spatial.length] ?? 0];
    const steps = (size + before + after - reach) / stride;
    if (!isCeil) return Math.floor(steps) + 1;
    // A window that would begin behind the last element is left out.
    return Math.min(Math.ceil(steps), Math.ceil((size + before) / stride) - 1) + 1;
  });
}

/** Operators that quantize have their weight at another position. */
export const convolution =
  (weightIndex: number): Rule =>
  (node, inputs) => {
    const input = inputs[0]?.dims;
    const weight = inputs[weightIndex]?.dims;
    if (!input || !weight) return [];
    return [shaped([input[0] ?? null, weight[0] ?? null, ...slide(node, input.slice(2), weight.slice(2))])];
  };

export const convTranspose: Rule = (node, [input, weight]) => {
  if (!input?.dims || !weight?.dims || findAttribute(node, 'output_shape')) return [];
  if (textAttribute(node, 'auto_pad', 'NOTSET') !== 'NOTSET') return [];
  const spatial = input.dims.slice(2);
  const kernel = weight.dims.slice(2);
  const [strides, dilations, pads, extra] = ['strides', 'dilations', 'pads', 'output_padding'].map(
    (name) => intsAttribute(node, name) ?? [],
  ) as [number[], number[], number[], number[]];
  const channels = weight.dims[1];
  const sizes = spatial.map((size, axis) => {
    const window = kernel[axis] ?? null;
    if (size === null || window === null) return null;
    const padding = (pads[axis] ?? 0) + (pads[axis + spatial.length] ?? 0);
    return (strides[axis] ?? 1) * (size - 1) + (extra[axis] ?? 0) + (window - 1) * (dilations[axis] ?? 1) + 1 - padding;
  });
  const groups = intAttribute(node, 'group', 1);
  return [shaped([input.dims[0] ?? null, typeof channels === 'number' ? channels * groups : null, ...sizes])];
};

export const pool: Rule = (node, [input]) => {
  const kernel = intsAttribute(node, 'kernel_shape');
  if (!input?.dims || !kernel) return [];
  return [shaped([...input.dims.slice(0, 2), ...slide(node, input.dims.slice(2), kernel)])];
};

export const globalPool: Rule = (_node, [input]) =>
  input?.dims ? [shaped(input.dims.map((size, axis) => (axis < 2 ? size : 1)))] : [];
