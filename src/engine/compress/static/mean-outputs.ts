/** What a product gives on average: W E[x] for each output channel, without its bias. */
import { intAttribute, intsAttribute } from '../../onnx/attributes.ts';
import type { NodeProto } from '../../onnx/ir.ts';
import { releaseScratch, takeScratch } from '../../onnx/scratch-buffer.ts';

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
  const compute = node.opType === 'Conv' ? outputsOfConvolution : outputsOfMatrix;
  if (weight instanceof Float32Array) return compute(node, weight, about);
  // Loops that meet two types of arrays take several times as long.
  const copy = takeScratch(Float32Array.BYTES_PER_ELEMENT * weight.length);
  try {
    const values = new Float32Array(copy, 0, weight.length);
    values.set(weight);
    return compute(node, values, about);
  } finally {
    releaseScratch(copy);
  }
}

type About = Parameters<typeof meanOutputs>[2];

/** Rows of so many outputs are added up at a time: each sum waits for itself only. */
const ROWS_AT_ONCE = 4;

function outputsOfConvolution(node: NodeProto, weight: Float32Array, { dims, inputDims, means }: About): Float64Array {
  const [outputs = 0, inputs = 0, ...kernel] = dims;
  const outputsPerGroup = outputs / intAttribute(node, 'group', 1);
  const presence = tapPresence(node, kernel, inputDims.slice(2));
  const found = new Float64Array(outputs);
  const rowLength = inputs * presence.length;
  for (let output = 0; output < outputs;) {
    const group = Math.floor(output / outputsPerGroup);
    const own = means.subarray(group * inputs, (group + 1) * inputs);
    const isWhole = output + ROWS_AT_ONCE <= (group + 1) * outputsPerGroup;
    const rows = weight.subarray(output * rowLength, (output + (isWhole ? ROWS_AT_ONCE : 1)) * rowLength);
    if (isWhole) addFourRows(rows, presence, own, found.subarray(output, output + ROWS_AT_ONCE));
    else found[output] = sumOfRow(rows, presence, own);
    output += isWhole ? ROWS_AT_ONCE : 1;
  }
  return found;
}

function sumOfRow(row: Float32Array, presence: Float64Array, means: Float64Array): number {
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

/** The same of four rows, one after the other in `rows`. */
function addFourRows(rows: Float32Array, presence: Float64Array, means: Float64Array, found: Float64Array): void {
  const length = means.length * presence.length;
  const taps = presence.length;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let input = 0, index = 0; input < means.length; input += 1) {
    let e = 0;
    let f = 0;
    let g = 0;
    let h = 0;
    for (let tap = 0; tap < taps; tap += 1, index += 1) {
      const share = presence[tap] as number;
      e += share * (rows[index] as number);
      f += share * (rows[index + length] as number);
      g += share * (rows[index + 2 * length] as number);
      h += share * (rows[index + 3 * length] as number);
    }
    const mean = means[input] as number;
    a += e * mean;
    b += f * mean;
    c += g * mean;
    d += h * mean;
  }
  found[0] = a;
  found[1] = b;
  found[2] = c;
  found[3] = d;
}

function outputsOfMatrix(node: NodeProto, weight: Float32Array, { dims, means }: About): Float64Array {
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
