/**
 * Ranges of blocks for which a few outliers do not count: zero points by half-quadratic optimization, without data.
 * Source: Badri and Shaji 2023, "Half-quadratic quantization of large machine learning models"
 * (https://mobiusml.github.io/hqq_blog/). Theirs keeps fractions in its zero points and one scale; MatMulNBits computes quickly
 * with integers only, so the better of the integers around the zero point is taken.
 */
import { roundHalfToEven } from '../../onnx/round-half-to-even.ts';
import { representableScale } from '../representable-scale.ts';
import type { Bits, ChosenBlock } from './blocks.ts';
import type { BlockSearch } from './choose-block.ts';

const MOST_STEPS = 20;
/** Of the penalty between what an error is and what it may be: grows in each step. */
const FIRST_PENALTY = 1;
const PENALTY_GROWTH = 1.01;

export function createRobustSearch(bits: Bits): BlockSearch {
  const highest = 2 ** bits - 1;
  const middle = 2 ** (bits - 1);
  const chosen: ChosenBlock = { scale: 1, zeroPoint: middle };
  return {
    chosen,
    choose(weights, start, count) {
      let low = 0;
      let high = 0;
      for (let at = start; at < start + count; at += 1) {
        const weight = weights[at] as number;
        if (weight < low) low = weight;
        if (weight > high) high = weight;
      }
      chosen.scale = 1;
      chosen.zeroPoint = middle;
      if (high === low) return;
      const scale = representableScale((high - low) / highest);
      const exact = settleZeroPoint(weights, start, count, scale, -low / (high - low), highest);
      const below = Math.max(0, Math.min(highest, Math.floor(exact)));
      const above = Math.min(highest, below + 1);
      const lossBelow = lossOf(weights, start, count, scale, below, highest);
      chosen.scale = scale;
      chosen.zeroPoint = lossOf(weights, start, count, scale, above, highest) < lossBelow ? above : below;
    },
  };
}

/** The zero point, with its fraction, after errors that look like outliers were taken out of the mean again and again. */
function settleZeroPoint(
  weights: Float64Array,
  start: number,
  count: number,
  scale: number,
  shareBelow: number,
  highest: number,
): number {
  const inverse = 1 / scale;
  let zeroPoint = shareBelow * highest;
  let penalty = FIRST_PENALTY;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    let sum = 0;
    for (let at = start; at < start + count; at += 1) {
      const weight = (weights[at] as number) * inverse;
      const integer = roundHalfToEven(weight + zeroPoint);
      const kept = integer < 0 ? 0 : integer > highest ? highest : integer;
      const error = weight - (kept - zeroPoint);
      const magnitude = error < 0 ? -error : error;
      // The proximal step of |error|^0.75, in steps of the scale. Rounding alone never errs by more than half of one, for which
      // it is zero.
      const shrunk = magnitude <= 0.5 ? 0 : Math.max(0, magnitude - 1 / (penalty * Math.sqrt(Math.sqrt(magnitude))));
      sum += kept - weight + (error < 0 ? -shrunk : shrunk);
    }
    const next = sum / count;
    const isSettled = Math.abs(next - zeroPoint) < 1e-3;
    zeroPoint = next;
    if (isSettled) break;
    penalty *= PENALTY_GROWTH;
  }
  return zeroPoint;
}

/** Sum of |error|^0.75, in steps of the scale. */
function lossOf(
  weights: Float64Array,
  start: number,
  count: number,
  scale: number,
  zeroPoint: number,
  highest: number,
): number {
  const inverse = 1 / scale;
  let sum = 0;
  for (let at = start; at < start + count; at += 1) {
    const weight = (weights[at] as number) * inverse;
    const integer = roundHalfToEven(weight);
    const kept = Math.min(highest - zeroPoint, Math.max(-zeroPoint, integer));
    const root = Math.sqrt(Math.abs(kept - weight));
    sum += root * Math.sqrt(root);
  }
  return sum;
}
