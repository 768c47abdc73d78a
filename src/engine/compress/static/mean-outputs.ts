/** What a product gives on average: W E[x] for each output channel, without its bias. */
import { intAttribute, intsAttribute } from '../../onnx/attributes.ts';
import type { NodeProto } from '../../onnx/ir.ts';

/**
 * @param weight row-major, of these dims; integers count as they are, in steps of their scale around 0
 * @param about.inputDims of its input, the batch first
 * @param about.means of the channels of its input
 */
export function meanOutputs(
  node: NodeProto,
  weight: Float32Array | Int8Array,
  about: { dims: readonly number[]; inputDims: readonly number[]; means: Float64Array },
): Float64Array {
  return node.opType === 'Conv' ? outputsOfConvolution(node, weight, about) : outputsOfMatrix(node, weight, about);
}

function outputsOfConvolution(
  node: NodeProto,
  weight: Float32Array | Int8Array,
  { dims, inputDims, means }: Parameters<typeof meanOutputs>[2],
): Float64Array {
  const [outputs = 0, inputs = 0, ...kernel] = dims;
  const outputsPerGroup = outputs / intAttribute(node, 'group', 1);
  const presence = tapPresence(node, kernel, inputDims.slice(2));
  const found = new Float64Array(outputs);
  const rowLength = inputs * presence.length;
  for (let output = 0; output < outputs; output += 1) {
    const row = weight.subarray(output * rowLength, (output + 1) * rowLength);
    const firstInput = Math.floor(output / outputsPerGroup) * inputs;
    const own = means.subarray(firstInput, firstInput + inputs);
    found[output] =
      presence.length === 1 ? sumOfTaps(row, presence[0] as number, own) : sumOfKernels(row, presence, own);
  }
  return found;
}

/** Kernels of one element: a loop of one round for each takes several times as long. */
function sumOfTaps(row: Float32Array | Int8Array, presence: number, means: Float64Array): number {
  let total = 0;
  for (let input = 0; input < means.length; input += 1) {
    total += presence * (row[input] as number) * (means[input] as number);
  }
  return total;
}

function sumOfKernels(row: Float32Array | Int8Array, presence: Float64Array, means: Float64Array): number {
  let total = 0;
  for (let input = 0, index = 0; input < means.length; input += 1) {
    let sum = 0;
    for (let tap = 0; tap < presence.length; tap += 1, index += 1) {
      sum += (presence[tap] as number) * (row[index] as number);
    }
    total += sum * (means[input] as number);
  }
  return total;
}

function outputsOfMatrix(
  node: NodeProto,
  weight: Float32Array | Int8Array,
  { dims, means }: Parameters<typeof meanOutputs>[2],
): Float64Array {
  const isTransposed = node.opType === 'Gemm' && intAttribute(node, 'transB', 0) === 1;
  const [rows = 0, columns = 0] = dims;
  const found = new Float64Array(isTransposed ? rows : columns);
  // In the order of the elements: columns of a large matrix would miss every cache.
  for (let row = 0, index = 0; row < rows; row += 1) {
    if (isTransposed) {
      let total = 0;
      for (let column = 0; column < columns; column += 1, index += 1) {
        total += (weight[index] as number) * (means[column] as number);
      }
      found[row] = total;
      continue;
    }
    const mean = means[row] as number;
    for (let column = 0; column < columns; column += 1, index += 1) {
      found[column] = (found[column] as number) + (weight[index] as number) * mean;
    }
  }
  return found;
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
