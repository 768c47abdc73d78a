/** Adds up, item by item, how far a candidate's outputs are from those of its reference. */
import { AppError } from '#shared/app-error.ts';
import type { Fidelity } from '#shared/model.ts';
import type { Numbers } from '../runtime/tensor-values.ts';
import { klDivergence, topClass, toProbabilities } from './class-scores.ts';

export type ItemOutput = { name: string; values: Numbers };

export type FidelityMeter = {
  /**
   * One item: the same outputs in the same order from both.
   * Errors: `invalid-model` when the candidate has NaN or infinite values where the reference has none, or other shapes.
   */
  add: (reference: readonly ItemOutput[], candidate: readonly ItemOutput[]) => void;
  /** Errors: `invalid-input` when nothing was added: no items are not items that are the same. */
  result: () => Omit<Fidelity, 'inputs'>;
};

type OutputSums = { cosine: number; dot: number; signal: number; power: number; noise: number; largestSize: number };

/**
 * With several outputs, cosine and SQNR are those of the output that is worst by each. Of an output with one value for each item, the cosine
 * is that of the vector of all items.
 * @param scoresOutput index of the output with class scores; null when the task is not classification
 */
export function createFidelityMeter(scoresOutput: number | null): FidelityMeter {
  const sums: OutputSums[] = [];
  let itemCount = 0;
  let maxAbsoluteError = 0;
  let divergence = 0;
  let agreementCount = 0;

  const addOutput = (index: number, reference: ItemOutput, candidate: ItemOutput): void => {
    if (reference.values.length !== candidate.values.length) {
      throw new AppError(
        'invalid-model',
        `The output “${reference.name}” has ${candidate.values.length} values where the reference has ${reference.values.length}, so they cannot be compared.`,
      );
    }
    const distance = measureDistance(reference.values, candidate.values);
    if (distance.nonFiniteCount > 0) {
      throw new AppError(
        'invalid-model',
        `The output “${reference.name}” has ${distance.nonFiniteCount} ${distance.nonFiniteCount === 1 ? 'value that is' : 'values that are'} NaN or infinite for item ${itemCount + 1}, where the reference has none.`,
      );
    }
    const sum = (sums[index] ??= { cosine: 0, dot: 0, signal: 0, power: 0, noise: 0, largestSize: 0 });
    sum.cosine += distance.cosine;
    sum.dot += distance.dot;
    sum.signal += distance.signal;
    sum.power += distance.power;
    sum.largestSize = Math.max(sum.largestSize, reference.values.length);
    sum.noise += distance.noise;
    maxAbsoluteError = Math.max(maxAbsoluteError, distance.maxAbsoluteError);
  };

  return {
    add(reference, candidate) {
      for (const [index, output] of reference.entries()) {
        const own = candidate[index];
        if (own === undefined) {
          throw new AppError('invalid-model', `The output “${output.name}” of the reference is missing.`);
        }
        addOutput(index, output, own);
      }
      if (scoresOutput !== null) {
        const scores = (reference[scoresOutput] as ItemOutput).values;
        const ownScores = (candidate[scoresOutput] as ItemOutput).values;
        divergence += klDivergence(toProbabilities(scores), toProbabilities(ownScores));
        if (topClass(scores) === topClass(ownScores)) agreementCount += 1;
      }
      itemCount += 1;
    },
    result() {
      if (sums.length === 0) {
        throw new AppError(
          'invalid-input',
          'There is nothing to compare: no items were run, or no outputs taken. Give one item or more.',
        );
      }
      const cosines = sums.map((sum) => meanCosine(sum, itemCount));
      const noisy = sums.filter((sum) => sum.noise > 0);
      const isClassification = scoresOutput !== null;
      return {
        cosine: Math.min(...cosines),
        sqnrDb: noisy.length === 0 ? null : Math.min(...noisy.map(signalToNoiseDb)),
        klDivergence: isClassification ? divergence / itemCount : null,
        maxAbsoluteError,
        top1Agreement: isClassification ? agreementCount / itemCount : null,
        top1AgreementCount: isClassification ? agreementCount : null,
        itemCount,
      };
    },
  };
}

/** A single number has a sign and no direction. */
function meanCosine({ cosine, dot, signal, power, noise, largestSize }: OutputSums, itemCount: number): number {
  return largestSize === 1 ? cosineOf(dot, signal, power, noise) : cosine / itemCount;
}

/** A silent reference would give minus infinity, which JSON cannot hold. */
const LOWEST_DB = -300;

function signalToNoiseDb({ signal, noise }: OutputSums): number {
  return signal === 0 ? LOWEST_DB : Math.max(LOWEST_DB, 10 * Math.log10(signal / noise));
}

export type Distance = {
  /** 1 when both are zero vectors, 0 when one is. */
  cosine: number;
  /** Sums over all values: of products, and of the squares of reference, candidate and difference. */
  dot: number;
  signal: number;
  power: number;
  noise: number;
  maxAbsoluteError: number;
  /** Values of the candidate that are NaN or infinite and differ from the reference. */
  nonFiniteCount: number;
};

/** Values that are not finite but the same in both are left out. */
export function measureDistance(reference: ArrayLike<number>, candidate: ArrayLike<number>): Distance {
  let dot = 0;
  let signal = 0;
  let power = 0;
  let noise = 0;
  let maxAbsoluteError = 0;
  let nonFiniteCount = 0;
  for (let index = 0; index < reference.length; index += 1) {
    const expected = reference[index] as number;
    const actual = candidate[index] as number;
    if (!Number.isFinite(actual) || !Number.isFinite(expected)) {
      if (!Object.is(actual, expected)) nonFiniteCount += 1;
      continue;
    }
    const difference = actual - expected;
    dot += expected * actual;
    signal += expected * expected;
    power += actual * actual;
    noise += difference * difference;
    maxAbsoluteError = Math.max(maxAbsoluteError, Math.abs(difference));
  }
  return {
    cosine: cosineOf(dot, signal, power, noise),
    dot,
    signal,
    power,
    noise,
    maxAbsoluteError,
    nonFiniteCount,
  };
}

function cosineOf(dot: number, signal: number, power: number, noise: number): number {
  if (noise === 0) return 1;
  if (signal === 0 || power === 0) return 0;
  return Math.max(-1, Math.min(1, dot / Math.sqrt(signal) / Math.sqrt(power)));
}
