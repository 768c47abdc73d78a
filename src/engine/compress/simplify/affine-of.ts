/** What multiplies by constants and adds constants: one y = scale · x + shift, for all values or for each channel. */
import { floatAttribute, intAttribute } from '../../onnx/attributes.ts';
import { elementCount } from '../../onnx/element-count.ts';
import type { GraphIndex } from '../../onnx/graph-index.ts';
import { isStandard } from '../../onnx/infer-shapes.ts';
import type { NodeProto } from '../../onnx/ir.ts';
import { floatsOf, requireElementType } from '../../onnx/tensor-contents.ts';

/** Both have one element, or one for each channel; double precision. */
export type Affine = { scale: Float64Array; shift: Float64Array };

const DEFAULT_EPSILON = 1e-5;

/**
 * @param input which of its inputs the node is to be read as a function of
 * @param channels of that input: their count, and how many dimensions follow theirs; null: only one scale for all is looked for
 * @returns null for a node that is anything else, or whose constants are not finite
 */
export function affineOf(
  node: NodeProto,
  input: string,
  { index, channels }: { index: GraphIndex; channels: { count: number; innerRank: number } | null },
): Affine | null {
  if (!isStandard(node)) return null;
  if (node.opType === 'BatchNormalization')
    return channels && finite(normalizationOf(node, { index, count: channels.count }));
  const mostValues = channels?.count ?? 1;
  const affine = arithmeticOf(node, input, { index, mostValues });
  if (affine === null) return null;
  const { dims, ...found } = affine;
  // A constant of more dimensions than the input has would add to them.
  const mostRank = channels === null ? 1 : channels.innerRank + 2;
  const isSingle = found.scale.length === 1 && found.shift.length === 1 && dims.length <= mostRank;
  const fits = isSingle || (channels !== null && isChannelShape(dims, channels));
  return fits ? finite(found) : null;
}

function finite(affine: Affine | null): Affine | null {
  return affine && [...affine.scale, ...affine.shift].every(Number.isFinite) ? affine : null;
}

/** `second` after `first`. */
export function chainAffines(first: Affine, second: Affine): Affine {
  const length = Math.max(first.scale.length, first.shift.length, second.scale.length, second.shift.length);
  const at = (values: Float64Array, channel: number): number => values[values.length === 1 ? 0 : channel] as number;
  return {
    scale: Float64Array.from({ length }, (_, channel) => at(first.scale, channel) * at(second.scale, channel)),
    shift: Float64Array.from(
      { length },
      (_, channel) => at(first.shift, channel) * at(second.scale, channel) + at(second.shift, channel),
    ),
  };
}

function normalizationOf(node: NodeProto, { index, count }: { index: GraphIndex; count: number }): Affine | null {
  if (intAttribute(node, 'training_mode', 0) === 1 || node.outputs.slice(1).some((name) => name !== '')) return null;
  const [gamma, beta, mean, variance] = node.inputs.slice(1, 5).map((name) => floatsIn(name, index)?.values);
  if (!gamma || !beta || !mean || !variance) return null;
  // Up to opset 8 a normalization can have a value for each place of an image (spatial = 0).
  if ([gamma, beta, mean, variance].some(({ length }) => length !== count)) return null;
  const epsilon = floatAttribute(node, 'epsilon', DEFAULT_EPSILON);
  const scale = Float64Array.from(
    gamma,
    (value, channel) => value / Math.sqrt((variance[channel] as number) + epsilon),
  );
  const shift = scale.map((value, channel) => (beta[channel] as number) - (mean[channel] as number) * value);
  return { scale, shift };
}

function arithmeticOf(
  { opType, inputs }: NodeProto,
  input: string,
  { index, mostValues }: { index: GraphIndex; mostValues: number },
): (Affine & { dims: readonly number[] }) | null {
  const [first = '', second = ''] = inputs;
  if (inputs.length !== 2 || (first === input) === (second === input)) return null;
  const name = first === input ? second : first;
  const tensor = index.constantOf(name);
  // The weight of a matrix product is not read for nothing.
  const constant = tensor && elementCount(tensor) <= mostValues ? floatsIn(name, index) : null;
  if (!constant) return null;
  const values = Float64Array.from(constant.values);
  const { dims } = constant;
  const [none, one] = [Float64Array.of(0), Float64Array.of(1)];
  switch (opType) {
    case 'Mul':
      return { scale: values, shift: none, dims };
    case 'Div':
      return first === input ? { scale: values.map((value) => 1 / value), shift: none, dims } : null;
    case 'Add':
      return { scale: one, shift: values, dims };
    case 'Sub':
      return first === input
        ? { scale: one, shift: values.map((value) => -value), dims }
        : { scale: Float64Array.of(-1), shift: values, dims };
    default:
      return null;
  }
}

function floatsIn(name: string, index: GraphIndex): { values: Float32Array; dims: readonly number[] } | null {
  const tensor = index.constantOf(name);
  return tensor && requireElementType(tensor) === 'float32' ? { values: floatsOf(tensor), dims: tensor.dims } : null;
}

/** `[channels, 1, 1]`, with ones before it or not; one that would raise the rank of the input is no such shape. */
function isChannelShape(dims: readonly number[], { count, innerRank }: { count: number; innerRank: number }): boolean {
  const [channels, ...inner] = dims.length === innerRank + 2 && dims[0] === 1 ? dims.slice(1) : dims;
  return channels === count && inner.length === innerRank && inner.every((size) => size === 1);
}
