/** Parity: whether a provider's outputs are those of node:cpu, within what its arithmetic allows. Pure. */
import type { EngineTensor } from '#shared/engine-protocol.ts';
import type { Parity } from '#shared/run.ts';
import { topClass } from '../quality/class-scores.ts';
import { measureDistance } from '../quality/fidelity-meter.ts';
import { isFloating, isNumeric, readNumbers } from '../runtime/tensor-values.ts';

/** The coarsest arithmetic inside the model. */
export type Arithmetic = 'float32' | 'float16' | 'int8';

/**
 * `|a - b| <= absolute * rms(b) + relative * |b|`. The absolute part is in units of the output's own root mean square: a
 * fixed one would be blind to small outputs and too strict for large ones.
 * float32: sums in another order and TF32 (10 bits of mantissa) stay below a thousandth over some tens of layers.
 * float16: 2^-11 per operation, grown over the layers. int8: a rounding that falls the other way moves a value by one of
 * 255 steps, and steps add up over the layers.
 */
const tolerances: Record<Arithmetic, { absolute: number; relative: number }> = {
  float32: { absolute: 2e-3, relative: 2e-3 },
  float16: { absolute: 2e-2, relative: 2e-2 },
  int8: { absolute: 1e-1, relative: 5e-2 },
};
/** Integer outputs (classes, positions) are equal or not; this share of them may differ. */
const LARGEST_DIFFERENT_SHARE = 0.01;

type OutputDistance = {
  ratio: number;
  cosine: number | null;
  maxAbsoluteError: number;
  nonFiniteCount: number;
  /** Items, and those of them whose best class is the same; null for what is no table of class scores. */
  top1: { itemCount: number; agreeingCount: number } | null;
};

/** @param reference outputs of node:cpu, by name; outputs without numbers are left out */
export function compareOutputs(
  reference: Readonly<Record<string, EngineTensor>>,
  actual: Readonly<Record<string, EngineTensor>>,
  arithmetic: Arithmetic,
): Parity {
  const names = comparableNames(reference);
  if (names.length === 0) return failure('The model has no numeric outputs, so nothing can be compared.');
  const distances: OutputDistance[] = [];
  for (const name of names) {
    const expected = reference[name] as EngineTensor;
    const own = actual[name];
    if (own === undefined) return failure(`The output “${name}” is missing.`);
    if (own.dtype !== expected.dtype || own.shape.join() !== expected.shape.join()) {
      return failure(`The output “${name}” is ${describeType(own)} where node:cpu gives ${describeType(expected)}.`);
    }
    distances.push(distanceOf(expected, own, arithmetic));
  }
  return judge(distances, names, arithmetic);
}

/** Float outputs; all numeric ones when there is no float. */
function comparableNames(reference: Readonly<Record<string, EngineTensor>>): string[] {
  const numeric = Object.keys(reference).filter((name) => isNumeric((reference[name] as EngineTensor).dtype));
  const floating = numeric.filter((name) => isFloating((reference[name] as EngineTensor).dtype));
  return floating.length > 0 ? floating : numeric;
}

function distanceOf(expected: EngineTensor, actual: EngineTensor, arithmetic: Arithmetic): OutputDistance {
  const expectedValues = readNumbers(expected.dtype, expected.bytes);
  const actualValues = readNumbers(actual.dtype, actual.bytes);
  const { cosine, signal, maxAbsoluteError, nonFiniteCount } = measureDistance(expectedValues, actualValues);
  if (!isFloating(expected.dtype)) {
    return {
      ratio: differentShare(expectedValues, actualValues) / LARGEST_DIFFERENT_SHARE,
      cosine: null,
      maxAbsoluteError,
      nonFiniteCount,
      top1: null,
    };
  }
  const { absolute, relative } = tolerances[arithmetic];
  const rootMeanSquare = Math.sqrt(signal / Math.max(1, expectedValues.length));
  // The smallest normal float32 keeps an output of zeros from dividing by zero.
  const floor = Math.max(absolute * rootMeanSquare, 2 ** -126);
  let ratio = 0;
  for (let index = 0; index < expectedValues.length; index += 1) {
    const b = expectedValues[index] as number;
    const difference = Math.abs((actualValues[index] as number) - b);
    if (Number.isFinite(difference)) ratio = Math.max(ratio, difference / (floor + relative * Math.abs(b)));
  }
  return {
    ratio,
    cosine,
    maxAbsoluteError,
    nonFiniteCount,
    top1: countAgreement(expected, expectedValues, actualValues),
  };
}

/**
 * Floats of shape [items, classes] are taken for class scores. The best class is a figure, not a gate: within the tolerance it
 * changes only between classes that the CPU's own scores hardly tell apart, and beyond it the provider has failed already.
 */
function countAgreement(
  { shape }: EngineTensor,
  expected: ArrayLike<number>,
  actual: ArrayLike<number>,
): OutputDistance['top1'] {
  const [itemCount = 0, classCount = 0] = shape;
  if (shape.length !== 2 || itemCount < 1 || classCount < 2) return null;
  let agreeingCount = 0;
  for (let item = 0; item < itemCount; item += 1) {
    const bestOf = (values: ArrayLike<number>): number =>
      topClass(Array.prototype.slice.call(values, item * classCount, (item + 1) * classCount));
    if (bestOf(expected) === bestOf(actual)) agreeingCount += 1;
  }
  return { itemCount, agreeingCount };
}

function differentShare(expected: ArrayLike<number>, actual: ArrayLike<number>): number {
  let differentCount = 0;
  for (let index = 0; index < expected.length; index += 1) {
    if (expected[index] !== actual[index]) differentCount += 1;
  }
  return expected.length === 0 ? 0 : differentCount / expected.length;
}

function judge(distances: readonly OutputDistance[], names: readonly string[], arithmetic: Arithmetic): Parity {
  const toleranceRatio = Math.max(...distances.map(({ ratio }) => ratio));
  const worst = names[distances.findIndex(({ ratio }) => ratio === toleranceRatio)] as string;
  const nonFiniteCount = distances.reduce((sum, distance) => sum + distance.nonFiniteCount, 0);
  const cosines = distances.flatMap(({ cosine }) => (cosine === null ? [] : [cosine]));
  const cosine = cosines.length === 0 ? null : Math.min(...cosines);
  const [scores] = distances
    .flatMap(({ top1 }) => top1 ?? [])
    .toSorted((a, b) => a.agreeingCount / a.itemCount - b.agreeingCount / b.itemCount);
  const figures = {
    cosine,
    maxAbsoluteError: Math.max(...distances.map((distance) => distance.maxAbsoluteError)),
    toleranceRatio,
    nonFiniteCount,
    top1Agreement: scores === undefined ? null : scores.agreeingCount / scores.itemCount,
  };
  if (nonFiniteCount > 0) {
    const values = nonFiniteCount === 1 ? 'value is' : 'values are';
    return {
      ...figures,
      passed: false,
      message: `${nonFiniteCount} ${values} NaN or infinite on one of the two alone, the provider or node:cpu.`,
    };
  }
  const passed = toleranceRatio <= 1;
  const ratioText = toleranceRatio < 0.001 ? 'less than 0.001' : Number(toleranceRatio.toPrecision(2)).toString();
  const message = passed
    ? `The outputs agree with those of node:cpu: the largest difference is ${ratioText} of what ${arithmetic} arithmetic allows.`
    : `The output “${worst}” differs from that of node:cpu by ${ratioText} times what ${arithmetic} arithmetic allows (${[
        `largest difference ${figures.maxAbsoluteError.toPrecision(3)}`,
        ...(cosine === null ? [] : [`cosine ${cosine.toFixed(4)}`]),
        ...(scores === undefined ? [] : [`same best class for ${scores.agreeingCount} of ${scores.itemCount}`]),
      ].join(', ')}).`;
  return { ...figures, passed, message };
}

function failure(message: string): Parity {
  return {
    passed: false,
    cosine: null,
    maxAbsoluteError: null,
    toleranceRatio: null,
    nonFiniteCount: 0,
    top1Agreement: null,
    message,
  };
}

function describeType({ dtype, shape }: EngineTensor): string {
  return `${dtype} [${shape.join(', ')}]`;
}
