/** What a classifier's output row says: its best classes, and its probabilities. */

/** Index of the largest value, the first of equals; NaN never wins. -1 when all are NaN. */
export function topClass(scores: ArrayLike<number>): number {
  let best = -1;
  let bestScore = -Infinity;
  for (let index = 0; index < scores.length; index += 1) {
    const score = scores[index] as number;
    if (score > bestScore || (best === -1 && score === -Infinity)) {
      best = index;
      bestScore = score;
    }
  }
  return best;
}

/** Whether the class is among the `count` best; of equal scores the lower index ranks first. */
export function isAmongTop(scores: ArrayLike<number>, classIndex: number, count: number): boolean {
  const own = scores[classIndex];
  if (own === undefined || Number.isNaN(own)) return false;
  let better = 0;
  for (let index = 0; index < scores.length; index += 1) {
    const score = scores[index] as number;
    if (score > own || (score === own && index < classIndex)) better += 1;
  }
  return better < count;
}

/** Softmax, with the maximum subtracted first; a row that is a distribution already stays as it is. */
export function toProbabilities(scores: ArrayLike<number>): Float64Array {
  const values = Float64Array.from(scores);
  if (isDistribution(values)) return values;
  const largest = values.reduce((max, value) => Math.max(max, value), -Infinity);
  const powers = values.map((value) => Math.exp(value - largest));
  const total = powers.reduce((sum, value) => sum + value, 0);
  return powers.map((value) => value / total);
}

/**
 * Kullback–Leibler divergence D(reference || candidate) in nats. A class that the candidate rules out counts with the
 * smallest normal float32, so that the result stays finite.
 */
export function klDivergence(reference: Float64Array, candidate: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < reference.length; index += 1) {
    const p = reference[index] as number;
    if (p > 0) sum += p * Math.log(p / Math.max(candidate[index] as number, SMALLEST_PROBABILITY));
  }
  return Math.max(0, sum);
}

const SMALLEST_PROBABILITY = 2 ** -126;

function isDistribution(values: Float64Array): boolean {
  let sum = 0;
  for (const value of values) {
    if (!(value >= 0)) return false;
    sum += value;
  }
  // Float16 probabilities of many classes add up to 1 within a few thousandths.
  return Math.abs(sum - 1) < 5e-3;
}
