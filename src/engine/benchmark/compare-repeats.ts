/** Whether a provider gives the same outputs for the same inputs each time. Pure. */
import type { EngineTensor, Repeat } from '#shared/engine-protocol.ts';
import { measureDistance } from '../quality/fidelity-meter.ts';
import { isNumeric, readNumbers } from '../runtime/tensor-values.ts';

/** The smallest normal float32 keeps an output of zeros from dividing by zero. */
const SMALLEST_ROOT_MEAN_SQUARE = 2 ** -126;

/** @param first, second outputs of two runs on the same inputs, by name */
export function compareRepeats(
  first: Readonly<Record<string, EngineTensor>>,
  second: Readonly<Record<string, EngineTensor>>,
): Repeat {
  let worst: Repeat = { isIdentical: true, output: null, maxAbsoluteError: null, relativeError: null };
  for (const [output, tensor] of Object.entries(first)) {
    const other = second[output];
    if (other !== undefined && isSame(tensor.bytes, other.bytes)) continue;
    const difference = { isIdentical: false, output, ...errorsOf(tensor, other) };
    if (worst.isIdentical || (difference.relativeError ?? Infinity) > (worst.relativeError ?? Infinity)) {
      worst = difference;
    }
  }
  return worst;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

function errorsOf(
  first: EngineTensor,
  second: EngineTensor | undefined,
): Pick<Repeat, 'maxAbsoluteError' | 'relativeError'> {
  // An output whose shape depends on chance cannot be told in numbers.
  if (second === undefined || !isNumeric(first.dtype) || first.bytes.length !== second.bytes.length) {
    return { maxAbsoluteError: null, relativeError: null };
  }
  const values = readNumbers(first.dtype, first.bytes);
  const { maxAbsoluteError, signal } = measureDistance(values, readNumbers(second.dtype, second.bytes));
  const rootMeanSquare = Math.sqrt(signal / Math.max(1, values.length));
  return { maxAbsoluteError, relativeError: maxAbsoluteError / Math.max(rootMeanSquare, SMALLEST_ROOT_MEAN_SQUARE) };
}
