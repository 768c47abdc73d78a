/** Scales and zero points of the tensors that are kept in integers, from what was seen of them. */
import { addValues, createHistogram } from '../calibration/activation-histogram.ts';
import type { ActivationSample } from '../calibration/activation-sample.ts';
import { chooseRange, type RangeMethod } from '../calibration/choose-range.ts';
import type { Sites } from './find-sites.ts';
import { ACTIVATION_TYPES, type ActivationType, type ScaleAndZero, scaleOf } from './quantize-tensor.ts';

/**
 * @param samples of each tensor, or of the one whose range it takes over
 * @returns by the name of the tensor
 */
export function chooseScales(
  sites: Sites,
  samples: ReadonlyMap<string, ActivationSample>,
  options: { method: RangeMethod; percentile: number; activationType: ActivationType; isSymmetric: boolean },
): Map<string, ScaleAndZero> {
  const { lowest, highest } = ACTIVATION_TYPES[options.activationType];
  const scales = new Map<string, ScaleAndZero>();
  for (const name of sites.tensors) {
    const source = sites.sharedWith.get(name) ?? name;
    const sample = samples.get(source) as ActivationSample;
    const floor = sites.floors.get(source) ?? -Infinity;
    const histogram = createHistogram();
    addValues(histogram, floor === -Infinity ? sample.values : sample.values.map((value) => Math.max(floor, value)));
    histogram.minimum = Math.max(floor, lowestOf(sample.lowest, histogram.minimum));
    histogram.maximum = highestOf(sample.highest, histogram.maximum);
    histogram.meanMinimum = Math.max(floor, lowestOf(sample.meanLowest, Infinity));
    histogram.meanMaximum = highestOf(sample.meanHighest, -Infinity);
    const range = chooseRange(histogram, { ...options, stepCount: highest - lowest });
    // Both zeros, before a shift and after it, have an integer.
    const shift = sites.shifts.get(name)?.shift ?? 0;
    range.minimum = Math.min(range.minimum, shift);
    range.maximum = Math.max(range.maximum, shift);
    scales.set(name, scaleOf(range, options.activationType, options.isSymmetric));
  }
  return scales;
}

/** Channels may be more than a call takes arguments. */
function lowestOf(values: Float64Array, start: number): number {
  return values.reduce((lowest, value) => Math.min(lowest, value), start);
}

function highestOf(values: Float64Array, start: number): number {
  return values.reduce((highest, value) => Math.max(highest, value), start);
}
