/** Scale and zero point of a block of weights. The inner loops of all block-wise quantization: nothing is allocated in them. */
import { roundHalfToEven } from '../../onnx/round-half-to-even.ts';
import { representableScale } from '../representable-scale.ts';
import type { Bits, ChosenBlock } from './blocks.ts';

/**
 * Shares of a block's range that are tried, and how often the scale of the best is then fitted to the integers by least squares.
 * With 256 integers next to nothing is gained by cutting off.
 */
const searches: Record<Bits, { shares: readonly number[]; fits: number }> = {
  2: { shares: [1, 0.85, 0.7, 0.55], fits: 2 },
  4: { shares: [1, 0.92, 0.84], fits: 1 },
  8: { shares: [1, 0.98], fits: 0 },
};

export type BlockSearch = {
  /** Overwritten by the next call. */
  chosen: ChosenBlock;
  /**
   * Finds the pair with the least squared error, weighted by importance, among those that are tried.
   * @param weights `count` of them from `start` on, a multiple of four; filled up with zeros
   * @param importance of each, from `importanceStart` on
   */
  choose: (
    weights: Float64Array,
    start: number,
    count: number,
    importance: Float64Array,
    importanceStart: number,
  ) => void;
};

export function createBlockSearch({ bits, isSymmetric }: { bits: Bits; isSymmetric: boolean }): BlockSearch {
  const highest = 2 ** bits - 1;
  const middle = 2 ** (bits - 1);
  const { shares, fits } = searches[bits];
  const chosen: ChosenBlock = { scale: 1, zeroPoint: middle };
  let [bestScale, bestZero, bestError] = [1, middle, Infinity];

  const attempt = (
    weights: Float64Array,
    start: number,
    count: number,
    importance: Float64Array,
    importanceStart: number,
    exactScale: number,
    zeroPoint: number,
  ): void => {
    const scale = Math.sign(exactScale) * representableScale(Math.abs(exactScale));
    // What is fitted to integers that are all zero.
    if (!(Math.abs(exactScale) > 0)) return;
    // Good enough to choose by, and cheaper than a division for each weight.
    const inverse = 1 / scale;
    const low = -zeroPoint;
    const high = highest - zeroPoint;
    const limit = bestError * inverse * inverse;
    let sum = 0;
    for (let index = 0; index < count; index += 4) {
      const at = start + index;
      const from = importanceStart + index;
      // In steps of the scale, which saves a multiplication each.
      const w0 = (weights[at] as number) * inverse;
      const w1 = (weights[at + 1] as number) * inverse;
      const w2 = (weights[at + 2] as number) * inverse;
      const w3 = (weights[at + 3] as number) * inverse;
      const e0 = clamp(roundHalfToEven(w0), low, high) - w0;
      const e1 = clamp(roundHalfToEven(w1), low, high) - w1;
      const e2 = clamp(roundHalfToEven(w2), low, high) - w2;
      const e3 = clamp(roundHalfToEven(w3), low, high) - w3;
      sum +=
        e0 * e0 * (importance[from] as number) +
        e1 * e1 * (importance[from + 1] as number) +
        (e2 * e2 * (importance[from + 2] as number) + e3 * e3 * (importance[from + 3] as number));
      if (sum >= limit) return;
    }
    bestScale = scale;
    bestZero = zeroPoint;
    bestError = sum * scale * scale;
  };

  return {
    chosen,
    choose(weights, start, count, importance, importanceStart) {
      let low = 0;
      let high = 0;
      for (let at = start; at < start + count; at += 2) {
        const first = weights[at] as number;
        const second = weights[at + 1] as number;
        const smaller = first < second ? first : second;
        const larger = first < second ? second : first;
        if (smaller < low) low = smaller;
        if (larger > high) high = larger;
      }
      bestScale = 1;
      bestZero = middle;
      bestError = Infinity;
      // The negative end has one integer more: the side with the largest weight takes it, by the sign of the scale.
      const extreme = -low > high ? low : high;
      const width = high - low;
      chosen.scale = 1;
      chosen.zeroPoint = middle;
      if (width === 0) return;
      // Zero is exact, so the share that lies below it says where it is, however much is cut off.
      const zeroPoint = isSymmetric ? middle : roundHalfToEven((-low / width) * highest);
      for (let step = 0; step < shares.length; step += 1) {
        const share = shares[step] as number;
        const scale = isSymmetric ? (-extreme * share) / middle : (width * share) / highest;
        attempt(weights, start, count, importance, importanceStart, scale, zeroPoint);
      }
      for (let fit = 0; fit < fits; fit += 1) {
        if (bestError === 0 || bestError === Infinity) break;
        const scale = fitScale(weights, start, count, importance, importanceStart, bestScale, bestZero, highest);
        attempt(weights, start, count, importance, importanceStart, scale, bestZero);
      }
      chosen.scale = bestScale;
      chosen.zeroPoint = bestZero;
    },
  };
}

/** The scale that brings these integers closest to their weights: sum(q w) / sum(q q). */
function fitScale(
  weights: Float64Array,
  start: number,
  count: number,
  importance: Float64Array,
  importanceStart: number,
  scale: number,
  zeroPoint: number,
  highest: number,
): number {
  const inverse = 1 / scale;
  let products = 0;
  let squares = 0;
  for (let index = 0; index < count; index += 1) {
    const weight = weights[start + index] as number;
    const integer = clamp(roundHalfToEven(weight * inverse), -zeroPoint, highest - zeroPoint);
    const weighted = integer * (importance[importanceStart + index] as number);
    products += weighted * weight;
    squares += weighted * integer;
  }
  return products / squares;
}

/** Integers of weights, from 0 to `highest`. */
export function quantizeBlock(
  weights: Float64Array,
  start: number,
  { scale, zeroPoint }: ChosenBlock,
  highest: number,
  integers: Uint8Array,
): void {
  // Within an ulp of the division, so that only a weight in the very middle may go to the other side.
  const inverse = 1 / scale;
  for (let index = 0; index < integers.length; index += 1) {
    const integer = roundHalfToEven((weights[start + index] as number) * inverse) + zeroPoint;
    integers[index] = clamp(integer, 0, highest);
  }
}

export function integerOf(weight: number, scale: number, zeroPoint: number, highest: number): number {
  return clamp(roundHalfToEven(weight / scale) + zeroPoint, 0, highest);
}

function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}
