/**
 * By what the channels of a group of tensors are divided, so that their ranges become alike; readers multiply it back.
 *
 * factor = made^strength / read^(1 - strength): `made` is how large a channel is beside the largest one, `read` how large the weights are
 * that read it. With `made` from the makers' weights and strength 0.5 that is cross-layer equalization (Nagel et al. 2019, "Data-free
 * quantization through weight equalization and bias correction", section 4.1); with `made` from activations it is SmoothQuant (Xiao et al.
 * 2022, equation 4).
 */
import type { ActivationSample } from '../calibration/activation-sample.ts';
import type { ScalableGroup } from './find-scalable-groups.ts';
import { createWeightRanges, largestShares } from './weight-ranges.ts';

/** Room for values that calibration did not see, where a Clip would cut them off. */
const CLIP_ROOM = 1.1;
/** Of looking at weights again while the factors of their other side change; more changes little. */
const ROUNDS = 6;

export type FactorOptions = {
  /** 0..1: at 1 channels become as alike as they can, at 0 the weights that read them. */
  strength: number;
  /** A channel is made at most so many times larger or smaller. */
  largestGain: number;
};

/** For each group that is changed what its channels are divided by. */
export type GroupFactors = Map<ScalableGroup, Float64Array>;

/**
 * From the values that tensors had on calibration data; groups none of whose tensors is in `samples` are left out.
 * @param options.readers whether the weights of readers count; without them, factor = made^strength
 */
export function factorsFromActivations(
  groups: readonly ScalableGroup[],
  samples: ReadonlyMap<string, ActivationSample>,
  options: FactorOptions & { readers: boolean },
): GroupFactors {
  const factors: GroupFactors = new Map();
  const rangesOf = createWeightRanges(groups, factors);
  for (const group of groups) {
    const peaks = new Map<string, Float64Array>();
    for (const name of group.tensors) {
      const sample = samples.get(name);
      if (sample?.channelCount === group.channelCount) peaks.set(name, peaksOf(sample));
    }
    if (peaks.size === 0) continue;
    const made = largestShares(group.channelCount, peaks.values());
    const chosen = balance(made, options.readers ? rangesOf(group, 'reader') : null, options);
    factors.set(group, withinClips(group, peaks, chosen));
  }
  return factors;
}

/** From weights alone. A group with a Clip is left out: without data nobody knows what the Clip would cut off. */
export function factorsFromWeights(groups: readonly ScalableGroup[], options: FactorOptions): GroupFactors {
  const factors: GroupFactors = new Map();
  const rangesOf = createWeightRanges(groups, factors);
  const free = groups.filter(({ clips }) => clips.length === 0);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const group of free) {
      factors.set(group, balance(rangesOf(group, 'maker'), rangesOf(group, 'reader'), options));
    }
  }
  return factors;
}

function peaksOf({ highest, lowest }: ActivationSample): Float64Array {
  return highest.map((high, channel) => Math.max(high, -(lowest[channel] as number)));
}

function balance(
  made: Float64Array,
  read: Float64Array | null,
  { strength, largestGain }: FactorOptions,
): Float64Array {
  const wanted = made.map((share, channel) => {
    const weight = read === null ? 1 : (read[channel] as number);
    // A channel that is zero all over, or that nobody reads, has nothing to gain.
    return share === 0 || weight === 0 ? 0 : share ** strength / weight ** (1 - strength);
  });
  // The largest channel stays the largest that there is: values beyond it may not fit into a smaller type.
  const growth = made.reduce((most, share, channel) => {
    const factor = wanted[channel] as number;
    return factor === 0 ? most : Math.max(most, share / factor);
  }, 0);
  return wanted.map((factor) => (factor === 0 ? 1 : Math.min(largestGain, Math.max(1 / largestGain, factor * growth))));
}

/** No channel may be made smaller before a Clip, nor so large that values seen in calibration are cut off. */
function withinClips(
  { clips }: ScalableGroup,
  peaks: ReadonlyMap<string, Float64Array>,
  factors: Float64Array,
): Float64Array {
  if (clips.length === 0) return factors;
  return factors.map((factor, channel) => {
    const least = clips.map(({ output, maximum }) => ((peaks.get(output)?.[channel] ?? maximum) * CLIP_ROOM) / maximum);
    return Math.min(1, Math.max(factor, ...least));
  });
}
