/**
 * Rounds the weights of convolutions so that errors cancel instead of adding up: neighbouring inputs of a kernel are alike, so what
 * matters most is the sum of a kernel's errors, then that of an output channel. Weights closest to the middle between two
 * integers are rounded the other way until no sum exceeds half a step. Needs no data.
 * Source: Guo et al. 2022, "SQuant: on-the-fly data-free quantization via diagonal Hessian approximation".
 */
import { roundHalfToEven } from '../../onnx/round-half-to-even.ts';

/** Up to so many are sorted by insertion: sort() calls a function for every comparison. */
const MOST_INSERTED = 64;

/**
 * @param weight `[outputs, inputs, ...kernel]`, row-major, with `scales` one for each output or one for all
 * @returns int8 within ±`limit`
 */
export function roundBalanced(
  weight: Float32Array,
  shape: { outputs: number; inputs: number; kernel: number },
  scales: Float32Array,
  limit: number,
): Int8Array {
  const { outputs, inputs, kernel } = shape;
  const integers = new Int8Array(weight.length);
  const errors = new Float64Array(inputs * kernel);
  const kernelSums = new Float64Array(inputs);
  for (let output = 0; output < outputs; output += 1) {
    const start = output * errors.length;
    const scale = scales[scales.length === 1 ? 0 : output] as number;
    const own = integers.subarray(start, start + errors.length);
    roundNearest(weight.subarray(start, start + errors.length), scale, limit, { integers: own, errors });
    if (kernel === 1) {
      // One error is within half a step, or nothing can be done about it.
      balanceChannel(own, errors, errors, { total: sumOf(errors, 0, inputs), kernel, limit });
      continue;
    }
    let total = 0;
    for (let input = 0, index = 0; input < inputs; input += 1, index += kernel) {
      let sum = sumOf(errors, index, index + kernel);
      if (sum > 0.5 || sum < -0.5) sum = balance(own, errors, sum, { from: index, to: index + kernel, limit });
      kernelSums[input] = sum;
      total += sum;
    }
    balanceChannel(own, errors, kernelSums, { total, kernel, limit });
  }
  return integers;
}

function roundNearest(
  values: Float32Array,
  scale: number,
  limit: number,
  { integers, errors }: { integers: Int8Array; errors: Float64Array },
): void {
  for (let index = 0; index < values.length; index += 1) {
    const exact = (values[index] as number) / scale;
    const rounded = Math.max(-limit, Math.min(limit, roundHalfToEven(exact)));
    integers[index] = rounded;
    errors[index] = rounded - exact;
  }
}

function sumOf(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let index = from; index < to; index += 1) sum += values[index] as number;
  return sum;
}

/** Flips the elements of the largest errors until their sum is at most half a step. @returns the sum that is left */
function balance(
  integers: Int8Array,
  errors: Float64Array,
  given: number,
  { from, to, limit }: { from: number; to: number; limit: number },
): number {
  let sum = given;
  while (Math.abs(sum) > 0.5) {
    const index = findFlip(integers, errors, { from, to, limit, sign: Math.sign(sum) });
    if (index < 0) return sum;
    flip(integers, errors, index, Math.sign(sum));
    sum -= Math.sign(sum);
  }
  return sum;
}

/** The same for a whole output channel, one element of a kernel at a time, of kernels whose sums stand out most. */
function balanceChannel(
  integers: Int8Array,
  errors: Float64Array,
  kernelSums: Float64Array,
  { total: given, kernel, limit }: { total: number; kernel: number; limit: number },
): void {
  let total = given;
  const sign = Math.sign(total);
  // Few of many are flipped: those near half a step are mostly enough, and only they are sorted.
  const nearHalf = Math.max(0, 0.5 - (2 * Math.abs(total) + 4) / kernelSums.length);
  for (const [from, below] of nearHalf === 0
    ? ([[0, Infinity]] as const)
    : ([
        [nearHalf, Infinity],
        [0, nearHalf],
      ] as const)) {
    if (Math.abs(total) <= 0.5) return;
    for (const input of inputsBetween(kernelSums, { sign, from, below })) {
      if (Math.abs(total) <= 0.5) return;
      const range = { from: input * kernel, to: (input + 1) * kernel, limit, sign };
      const index = findFlip(integers, errors, range);
      if (index < 0) continue;
      flip(integers, errors, index, sign);
      total -= sign;
    }
  }
}

/** Inputs whose kernels' sums have the sign and are so large, the largest first. */
function inputsBetween(
  kernelSums: Float64Array,
  { sign, from, below }: { sign: number; from: number; below: number },
): number[] {
  const found: number[] = [];
  for (let input = 0; input < kernelSums.length; input += 1) {
    const value = sign * (kernelSums[input] as number);
    // In this order, because the first is seldom so: guessing the sign wrong every second time takes longer than all else.
    if (value >= from && value > 0 && value < below) found.push(input);
  }
  if (found.length > MOST_INSERTED)
    return found.sort((a, b) => sign * ((kernelSums[b] as number) - (kernelSums[a] as number)));
  for (let end = 1; end < found.length; end += 1) {
    const input = found[end] as number;
    const value = sign * (kernelSums[input] as number);
    let at = end;
    for (; at > 0 && sign * (kernelSums[found[at - 1] as number] as number) < value; at -= 1)
      found[at] = found[at - 1] as number;
    found[at] = input;
  }
  return found;
}

/** The element whose error has the sign and is the largest; -1 when none can be changed. */
function findFlip(
  integers: Int8Array,
  errors: Float64Array,
  { from, to, limit, sign }: { from: number; to: number; limit: number; sign: number },
): number {
  let best = -1;
  let largest = 0;
  for (let index = from; index < to; index += 1) {
    const error = (errors[index] as number) * sign;
    if (error > largest && error <= 0.5 && Math.abs((integers[index] as number) - sign) <= limit) {
      largest = error;
      best = index;
    }
  }
  return best;
}

function flip(integers: Int8Array, errors: Float64Array, index: number, sign: number): void {
  integers[index] = (integers[index] as number) - sign;
  errors[index] = (errors[index] as number) - sign;
}
