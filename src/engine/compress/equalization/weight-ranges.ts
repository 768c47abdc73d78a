import { floatsOf, withFloats } from '../../onnx/tensor-contents.ts';
import { channelScaler, largestOfChannels } from './constant-channels.ts';
import type { ScalableGroup, ScaledConstant } from './find-scalable-groups.ts';

/** A normalized value is seldom further from zero, in standard deviations. */
const NORMALIZED_REACH = 3;

/**
 * How large the weights are that make, or read, each channel of a group: 1 is the largest channel of a weight.
 * @param factorsSoFar of groups: what a weight makes is seen through what it reads, and the other way round
 */
export function createWeightRanges(
  groups: readonly ScalableGroup[],
  factorsSoFar: ReadonlyMap<ScalableGroup, Float64Array>,
): (group: ScalableGroup, role: ScaledConstant['role']) => Float64Array {
  const keyOf = ({ node, inputIndex }: ScaledConstant, role: string): string =>
    `${role} ${inputIndex} ${node.outputs[0]}`;
  const owners = new Map<string, { group: ScalableGroup; constant: ScaledConstant }>();
  for (const group of groups) {
    for (const constant of group.constants) owners.set(keyOf(constant, constant.role), { group, constant });
  }
  const magnitudesOf = (constant: ScaledConstant, channelCount: number): Float64Array => {
    const other = owners.get(keyOf(constant, constant.role === 'maker' ? 'reader' : 'maker'));
    const factors = other && factorsSoFar.get(other.group);
    const scale = other && factors && channelScaler(other.constant, { factors, divides: constant.role === 'reader' });
    return withFloats(constant.tensor, (values) => {
      if (!scale) return largestOfChannels(values, constant, channelCount);
      const scaled = values.slice();
      scale(scaled);
      return largestOfChannels(scaled, constant, channelCount);
    });
  };
  return (group, role) => {
    const found: Float64Array[] = [];
    for (const constant of group.constants) {
      if (constant.role !== role || constant.inputIndex !== 1) continue;
      const own = magnitudesOf(constant, group.channelCount);
      found.push(constant.node.opType === 'LayerNormalization' ? reachOf(group, constant, own) : own);
    }
    return largestShares(group.channelCount, found);
  };
}

/** What a normalization makes: its values reach |shift| + 3 |scale|. */
function reachOf(group: ScalableGroup, { node }: ScaledConstant, scales: Float64Array): Float64Array {
  const shift = group.constants.find((constant) => constant.node === node && constant.inputIndex === 2);
  const shifts = shift && floatsOf(shift.tensor);
  return scales.map((scale, channel) => NORMALIZED_REACH * scale + Math.abs(shifts?.[channel] ?? 0));
}

/** For each channel its largest share of the largest channel, 0..1, over several lists of magnitudes. */
export function largestShares(channelCount: number, lists: Iterable<Float64Array>): Float64Array {
  const shares = new Float64Array(channelCount);
  for (const own of lists) {
    const top = own.reduce((most, value) => Math.max(most, value), 0);
    if (top === 0) continue;
    for (let channel = 0; channel < channelCount; channel += 1) {
      shares[channel] = Math.max(shares[channel] as number, (own[channel] as number) / top);
    }
  }
  return shares;
}
