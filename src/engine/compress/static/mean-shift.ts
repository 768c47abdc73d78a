/** How quantizing a product shifts the mean of what it gives: W E[x] − Ŵ E[x̂] for each output channel. */
import { intAttribute, intsAttribute } from '../../onnx/attributes.ts';
import type { NodeProto } from '../../onnx/ir.ts';

export type QuantizedWeights = {
  exact: Float32Array;
  /** Zero point 0. */
  integers: Int8Array;
  /** One for each output channel, or one. */
  scales: Float32Array;
  dims: readonly number[];
};

/** Of the channels of its input. */
type Means = readonly [exact: Float64Array, rounded: Float64Array];

/** @param inputDims of its input, the batch first */
export function meanShift(
  node: NodeProto,
  weights: QuantizedWeights,
  inputDims: readonly number[],
  means: Means,
): Float64Array {
  return node.opType === 'Conv'
    ? shiftOfConvolution(node, weights, inputDims, means)
    : shiftOfMatrix(node, weights, means);
}

function shiftOfConvolution(
  node: NodeProto,
  { exact, integers, scales, dims }: QuantizedWeights,
  inputDims: readonly number[],
  [exactMeans, roundedMeans]: Means,
): Float64Array {
  const [outputs = 0, inputs = 0, ...kernel] = dims;
  const outputsPerGroup = outputs / intAttribute(node, 'group', 1);
  const presence = tapPresence(node, kernel, inputDims.slice(2));
  const shifts = new Float64Array(outputs);
  let index = 0;
  for (let output = 0; output < outputs; output += 1) {
    const step = scales[scales.length === 1 ? 0 : output] as number;
    const firstInput = Math.floor(output / outputsPerGroup) * inputs;
    let shift = 0;
    for (let input = firstInput; input < firstInput + inputs; input += 1) {
      let exactSum = 0;
      let roundedSum = 0;
      for (let tap = 0; tap < presence.length; tap += 1, index += 1) {
        const share = presence[tap] as number;
        exactSum += share * (exact[index] as number);
        roundedSum += share * (integers[index] as number);
      }
      shift += exactSum * (exactMeans[input] as number) - roundedSum * step * (roundedMeans[input] as number);
    }
    shifts[output] = shift;
  }
  return shifts;
}

function shiftOfMatrix(
  node: NodeProto,
  { exact, integers, scales, dims }: QuantizedWeights,
  [exactMeans, roundedMeans]: Means,
): Float64Array {
  const isTransposed = node.opType === 'Gemm' && intAttribute(node, 'transB', 0) === 1;
  const [rows = 0, columns = 0] = dims;
  const shifts = new Float64Array(isTransposed ? rows : columns);
  // In the order of the elements: columns of a large matrix would miss every cache.
  for (let row = 0, index = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1, index += 1) {
      const [output, input] = isTransposed ? [row, column] : [column, row];
      const step = scales[scales.length === 1 ? 0 : output] as number;
      shifts[output] =
        (shifts[output] as number) +
        (exact[index] as number) * (exactMeans[input] as number) -
        (integers[index] as number) * step * (roundedMeans[input] as number);
    }
  }
  return shifts;
}

/** For each element of a kernel the share of output positions at which it lies on the input, not on the padding. */
function tapPresence(node: NodeProto, kernel: readonly number[], sizes: readonly number[]): Float64Array {
  const rank = kernel.length;
  const strides = intsAttribute(node, 'strides') ?? kernel.map(() => 1);
  const dilations = intsAttribute(node, 'dilations') ?? kernel.map(() => 1);
  const pads = intsAttribute(node, 'pads');
  let presence = [1];
  for (let axis = 0; axis < rank; axis += 1) {
    const [taps, size, stride, dilation] = [kernel, sizes, strides, dilations].map((list) => list[axis] as number) as [
      number,
      number,
      number,
      number,
    ];
    // With auto_pad the padding is as good as even.
    const before = pads?.[axis] ?? Math.floor(((taps - 1) * dilation) / 2);
    const after = pads?.[axis + rank] ?? before;
    const count = Math.max(1, Math.floor((size + before + after - (taps - 1) * dilation - 1) / stride) + 1);
    const shares = Array.from({ length: taps }, (_, tap) => {
      let present = 0;
      for (let output = 0; output < count; output += 1) {
        const at = output * stride + tap * dilation - before;
        if (at >= 0 && at < size) present += 1;
      }
      return present / count;
    });
    presence = presence.flatMap((share) => shares.map((own) => share * own));
  }
  return Float64Array.from(presence);
}
