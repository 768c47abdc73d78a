/** Channels of a constant: of the output that it makes, or of the input that it is multiplied by. */
import { intAttribute } from '../../onnx/attributes.ts';
import type { NodeProto } from '../../onnx/ir.ts';
import type { ScaledConstant } from './find-scalable-groups.ts';

/** Each row of elements belongs to `count` channels one after the other, from `firstOf(row)` on, with `inner` elements for each. */
type ChannelRows = { count: number; inner: number; firstOf: (row: number) => number };

type Place = Pick<ScaledConstant, 'node' | 'inputIndex' | 'role' | 'tensor'>;

/** @returns multiplies elements by what `factors` has for their channel, or divides them by it, in place; later edits of the node do not change it */
export function channelScaler(
  place: Place,
  { factors, divides }: { factors: Float64Array; divides: boolean },
): (values: Float32Array) => void {
  const { count, inner, firstOf } = channelRows(place);
  return (values) => {
    for (let index = 0, row = 0; index < values.length; row += 1) {
      const first = firstOf(row);
      if (inner === 1) {
        // A loop of one round for each element takes several times as long.
        const end = first + count;
        if (divides)
          for (let channel = first; channel < end; channel += 1, index += 1)
            values[index] = (values[index] as number) / (factors[channel] as number);
        else
          for (let channel = first; channel < end; channel += 1, index += 1)
            values[index] = (values[index] as number) * (factors[channel] as number);
        continue;
      }
      for (let channel = first; channel < first + count; channel += 1) {
        const factor = factors[channel] as number;
        const end = index + inner;
        if (divides) for (; index < end; index += 1) values[index] = (values[index] as number) / factor;
        else for (; index < end; index += 1) values[index] = (values[index] as number) * factor;
      }
    }
  };
}

/** The largest magnitude of each of `channelCount` channels. */
export function largestOfChannels(values: Float32Array, place: Place, channelCount: number): Float64Array {
  const { count, inner, firstOf } = channelRows(place);
  const largest = new Float64Array(channelCount);
  for (let index = 0, row = 0; index < values.length; row += 1) {
    const first = firstOf(row);
    for (let channel = first; channel < first + count; channel += 1) {
      let most = largest[channel] as number;
      for (const end = index + inner; index < end; index += 1) most = Math.max(most, Math.abs(values[index] as number));
      largest[channel] = most;
    }
  }
  return largest;
}

function channelRows({ node, inputIndex, role, tensor: { dims } }: Place): ChannelRows {
  return role === 'maker' ? madeChannels(node, inputIndex, dims) : readChannels(node, dims);
}

function madeChannels(node: NodeProto, inputIndex: number, dims: readonly number[]): ChannelRows {
  // A bias is one value for each channel; that of a Gemm may be a row, [1, N].
  if (inputIndex === 2) return { count: sizeOf(dims), inner: 1, firstOf: () => 0 };
  const isAlongRows = node.opType === 'Gemm' && inputIndex === 1 && intAttribute(node, 'transB', 0) !== 1;
  const [first = 1, ...others] = isAlongRows ? dims.slice(1) : dims;
  return { count: first, inner: sizeOf(others), firstOf: () => 0 };
}

function readChannels(node: NodeProto, [first = 1, second = 1, ...kernel]: readonly number[]): ChannelRows {
  if (node.opType !== 'Conv') {
    const isTransposed = node.opType === 'Gemm' && intAttribute(node, 'transB', 0) === 1;
    return isTransposed
      ? { count: second, inner: 1, firstOf: () => 0 }
      : { count: first, inner: second, firstOf: () => 0 };
  }
  const outputsPerGroup = first / intAttribute(node, 'group', 1);
  return {
    count: second,
    inner: sizeOf(kernel),
    firstOf: (output) => Math.floor(output / outputsPerGroup) * second,
  };
}

function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, size) => product * size, 1);
}
