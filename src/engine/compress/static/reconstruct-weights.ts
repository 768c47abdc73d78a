/**
 * Rounds the weights of a product so that its results on calibration data stay as they were, instead of each weight: the error of one
 * may be made good by others that see like inputs. Inputs are those that really arrive in the quantized model, whose layers before are
 * done already. What is given is improved integer by integer, and kept where it is no better on rows that it was not improved on.
 * Source: Nagel et al. 2020, "Up or down? Adaptive rounding for post-training quantization", equation 13 for the objective.
 */
import { intAttribute } from '../../onnx/attributes.ts';
import { floatsOf } from '../../onnx/tensor-contents.ts';
import type { Tensor } from '../../runtime/onnxruntime-types.ts';
import { moveIntegers } from '../weights/move-integers.ts';
import { inputRows, rowSizeOf } from './input-rows.ts';
import type { QuantizedProduct } from './insert-qdq.ts';

/** Inputs of one result beyond which the moments take too long and too much memory. */
const MOST_INPUTS = 2048;
const MOST_ROWS = 4096;
/** Share of the mean diagonal that is added to it. */
const DAMPING = 0.01;
/** Of so many parts of the rows the last one is held out. */
const PARTS = 4;
const ZERO_POINT = 128;
/** Rarely anything is left to move after so many. */
const MOST_SWEEPS = 8;

/**
 * @param tensors what arrives: integers, for each batch
 * @param about.isCentred whether the mean of the error is taken out by a bias afterwards, and does not count
 * @returns other integers for the weights, or null
 */
export function reconstructWeights(
  { product, values, limit, scales }: Pick<QuantizedProduct, 'product' | 'values' | 'limit' | 'scales'>,
  tensors: readonly Tensor[],
  about: { zeroPoint: number; isCentred: boolean },
): Int8Array | null {
  const { node, weight } = product;
  if (rowSizeOf(node, weight.dims) > MOST_INPUTS) return null;
  const rows = inputRows(node, tensors, { dims: weight.dims, zeroPoint: about.zeroPoint, mostRows: MOST_ROWS });
  if (!rows || rows.rowCount < PARTS) return null;
  const exact = floatsOf(weight);
  const { size, groups } = rows;
  const outputs = exact.length / size;
  const perGroup = outputs / groups.length;
  const isRowMajor = node.opType === 'Conv' || intAttribute(node, 'transB', 0) === 1;
  const indexOf = (output: number, input: number): number =>
    isRowMajor ? output * size + input : input * outputs + output;
  const found = values.slice();
  let [heldBefore, heldAfter] = [0, 0];
  for (const [group, own] of groups.entries()) {
    const split = size * Math.floor((rows.rowCount * (PARTS - 1)) / PARTS);
    const [used, held] = [own.subarray(0, split), own.subarray(split)].map((part) =>
      momentsOf(part, size, about.isCentred),
    ) as [Float64Array, Float64Array];
    damp(used, size);
    // In steps of the scale, so that all scales are 1.
    const scaled = new Float32Array(perGroup * size);
    const integers = new Uint8Array(perGroup * size);
    const first = group * perGroup;
    for (let output = 0; output < perGroup; output += 1) {
      const scale = scales[scales.length === 1 ? 0 : first + output] as number;
      for (let input = 0; input < size; input += 1) {
        const index = indexOf(first + output, input);
        scaled[input * perGroup + output] = (exact[index] as number) / scale;
        integers[output * size + input] = (values[index] as number) + ZERO_POINT;
      }
    }
    const range = { lowest: ZERO_POINT - limit, highest: ZERO_POINT + limit };
    const errorOf = (output: number): number => {
      const scale = scales[scales.length === 1 ? 0 : first + output] as number;
      return (
        scale *
        scale *
        quadratic(
          held,
          size,
          (input) =>
            (scaled[input * perGroup + output] as number) + ZERO_POINT - (integers[output * size + input] as number),
        )
      );
    };
    for (let output = 0; output < perGroup; output += 1) heldBefore += errorOf(output);
    const [errors, slopes] = [new Float64Array(size), new Float64Array(size)];
    for (let output = 0; output < perGroup; output += 1) {
      for (let input = 0; input < size; input += 1) {
        const integer = (integers[output * size + input] as number) - ZERO_POINT;
        errors[input] = (scaled[input * perGroup + output] as number) - integer;
      }
      multiply(used, errors, slopes);
      const row = {
        curvature: used,
        width: size,
        first: 0,
        count: size,
        slopes,
        slopesAt: 0,
        seenFirst: 0,
        seenCount: size,
        step: 1,
        ...range,
      };
      for (let sweep = 0; sweep < MOST_SWEEPS; sweep += 1) {
        if (!moveIntegers(integers, output * size, row)) break;
      }
    }
    for (let output = 0; output < perGroup; output += 1) {
      heldAfter += errorOf(output);
      for (let input = 0; input < size; input += 1) {
        found[indexOf(first + output, input)] = (integers[output * size + input] as number) - ZERO_POINT;
      }
    }
  }
  return heldAfter < heldBefore ? found : null;
}

/** Sums of products of the values of rows, `[size, size]`; of their distances from the means when centred. */
function momentsOf(rows: Float64Array, size: number, isCentred: boolean): Float64Array {
  const moments = new Float64Array(size * size);
  const sums = new Float64Array(size);
  for (let start = 0; start < rows.length; start += size) {
    for (let first = 0; first < size; first += 1) {
      const value = rows[start + first] as number;
      if (value === 0) continue;
      sums[first] = (sums[first] as number) + value;
      const at = first * size;
      for (let second = 0; second <= first; second += 1) {
        moments[at + second] = (moments[at + second] as number) + value * (rows[start + second] as number);
      }
    }
  }
  const count = rows.length / size;
  for (let first = 0; first < size; first += 1) {
    for (let second = 0; second <= first; second += 1) {
      const mean = isCentred ? ((sums[first] as number) * (sums[second] as number)) / count : 0;
      const value = (moments[first * size + second] as number) - mean;
      moments[first * size + second] = value;
      moments[second * size + first] = value;
    }
  }
  return moments;
}

function damp(moments: Float64Array, size: number): void {
  let trace = 0;
  for (let index = 0; index < size; index += 1) trace += moments[index * size + index] as number;
  const more = trace > 0 ? (DAMPING * trace) / size : 1;
  for (let index = 0; index < size; index += 1) {
    moments[index * size + index] = (moments[index * size + index] as number) + more;
  }
}

/** Four rows side by side, so that no sum waits for the one before it. */
function multiply(matrix: Float64Array, vector: Float64Array, result: Float64Array): void {
  const size = vector.length;
  let row = 0;
  for (; row + 4 <= size; row += 4) {
    const start = row * size;
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let column = 0; column < size; column += 1) {
      const value = vector[column] as number;
      const at = start + column;
      a += (matrix[at] as number) * value;
      b += (matrix[at + size] as number) * value;
      c += (matrix[at + 2 * size] as number) * value;
      d += (matrix[at + 3 * size] as number) * value;
    }
    result.set([a, b, c, d], row);
  }
  for (; row < size; row += 1) {
    const start = row * size;
    let sum = 0;
    for (let column = 0; column < size; column += 1) {
      sum += (matrix[start + column] as number) * (vector[column] as number);
    }
    result[row] = sum;
  }
}

function quadratic(matrix: Float64Array, size: number, errorOf: (input: number) => number): number {
  const errors = Float64Array.from({ length: size }, (_, input) => errorOf(input));
  let sum = 0;
  for (let row = 0; row < size; row += 1) {
    let own = 0;
    for (let column = 0; column < size; column += 1) {
      own += (matrix[row * size + column] as number) * (errors[column] as number);
    }
    sum += own * (errors[row] as number);
  }
  return sum;
}
