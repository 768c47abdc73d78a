/**
 * Mixed precision: the few layers that cost most of the fidelity stay float32.
 *
 * Each layer is quantized alone, and the noise that this makes in the outputs is its sensitivity: errors of different layers are
 * nearly independent, so their powers add up. Layers are kept in the order of noise saved for each multiplication that then
 * runs in float32; how many of them are needed is found by bisection on the real model.
 */
import type { Noise } from './measure-noise.ts';

/** What is measured at most: in models with more layers, neighbours are measured together, and the worst apart again. */
const MOST_MEASUREMENTS = 64;
const FIRST_GROUPS = 32;
/**
 * Of an even share of the noise that the target allows. Were noises exactly additive, 1 would do: without the layers above it, all
 * others together meet the target.
 */
const LEAST_NOISE_SHARE = 0.5;

export type Layer = { id: string; name: string; macs: number };

export type FidelityTarget = { leastSqnrDb: number; leastCosine: number };

/** Layers that were measured together: mostly one. */
export type Sensitivity = { layers: readonly Layer[]; noise: Noise };

export type MixedPrecision = {
  /** With all layers quantized, and with those of `kept` in float32. */
  before: Noise;
  after: Noise;
  isMet: boolean;
  kept: Layer[];
  /** Share of all multiplications that stay float32. */
  floatShare: number;
  /** The most sensitive first; empty where the target was met at once. */
  sensitivities: Sensitivity[];
};

/**
 * @param about.measure noise of the model in which these layers stay float32
 * @param about.mostFloatShare of the multiplications of all layers
 */
export async function mixPrecision(about: {
  layers: readonly Layer[];
  target: FidelityTarget;
  mostFloatShare: number;
  measure: (kept: ReadonlySet<string>) => Promise<Noise>;
  onMeasured?: (count: number, mostCount: number) => void;
}): Promise<MixedPrecision> {
  const { layers, target, mostFloatShare, measure, onMeasured = () => {} } = about;
  const before = await measure(new Set());
  const meets = ({ sqnrDb, cosine }: Noise): boolean => sqnrDb >= target.leastSqnrDb && cosine >= target.leastCosine;
  if (meets(before)) return { before, after: before, isMet: true, kept: [], floatShare: 0, sensitivities: [] };

  const measureAlone = async (chosen: readonly Layer[]): Promise<Sensitivity> => {
    const own = new Set(chosen);
    return { layers: chosen, noise: await measure(idsOf(layers.filter((layer) => !own.has(layer)))) };
  };
  const sensitivities = await measureSensitivities(layers, measureAlone, onMeasured);
  const totalMacs = macsOf(layers);
  const order = chooseOrder(sensitivities, {
    leastPower: (LEAST_NOISE_SHARE * powerAllowedBy(target)) / layers.length,
    mostMacs: mostFloatShare * totalMacs,
  });
  const keptOf = (count: number): Layer[] => order.slice(0, count).flatMap((item) => item.layers);
  const tried = new Map<number, Noise>([[0, before]]);
  const tryCount = async (count: number): Promise<Noise> => {
    const noise = tried.get(count) ?? (await measure(idsOf(keptOf(count))));
    tried.set(count, noise);
    return noise;
  };
  let most = order.length;
  const isMet = meets(await tryCount(most));
  let least = isMet ? 0 : most;
  while (most - least > 1) {
    const middle = (least + most) >> 1;
    if (meets(await tryCount(middle))) most = middle;
    else least = middle;
  }
  const kept = keptOf(most);
  return {
    before,
    after: tried.get(most) as Noise,
    isMet,
    kept,
    floatShare: totalMacs === 0 ? 0 : macsOf(kept) / totalMacs,
    sensitivities,
  };
}

async function measureSensitivities(
  layers: readonly Layer[],
  measureAlone: (chosen: readonly Layer[]) => Promise<Sensitivity>,
  onMeasured: (count: number, mostCount: number) => void,
): Promise<Sensitivity[]> {
  const isDeep = layers.length > MOST_MEASUREMENTS;
  const mostCount = isDeep ? MOST_MEASUREMENTS : layers.length;
  let measuredCount = 0;
  const measureNext = async (chosen: readonly Layer[]): Promise<Sensitivity> => {
    const found = await measureAlone(chosen);
    measuredCount += 1;
    onMeasured(measuredCount, mostCount);
    return found;
  };
  const found: Sensitivity[] = [];
  const groupCount = isDeep ? FIRST_GROUPS : layers.length;
  for (let group = 0; group < groupCount; group += 1) {
    const [first, end] = [group, group + 1].map((part) => Math.floor((part * layers.length) / groupCount));
    found.push(await measureNext(layers.slice(first, end)));
  }
  for (let spare = mostCount - groupCount; spare >= 2; spare -= 2) {
    found.sort(byNoise);
    const position = found.findIndex((item) => item.layers.length > 1);
    if (position < 0) break;
    const [worst] = found.splice(position, 1) as [Sensitivity];
    const middle = worst.layers.length >> 1;
    found.push(await measureNext(worst.layers.slice(0, middle)), await measureNext(worst.layers.slice(middle)));
  }
  return found.toSorted(byNoise);
}

/** What to keep, the most worthwhile first, as far as the multiplications allow. */
function chooseOrder(
  sensitivities: readonly Sensitivity[],
  { leastPower, mostMacs }: { leastPower: number; mostMacs: number },
): Sensitivity[] {
  const worthOf = (item: Sensitivity): number => powerOf(item) / Math.max(1, macsOf(item.layers));
  let macs = 0;
  return sensitivities
    .filter((item) => powerOf(item) >= leastPower)
    .toSorted((a, b) => worthOf(b) - worthOf(a))
    .filter((item) => {
      const own = macsOf(item.layers);
      if (macs + own > mostMacs) return false;
      macs += own;
      return true;
    });
}

function byNoise(a: Sensitivity, b: Sensitivity): number {
  return powerOf(b) - powerOf(a);
}

/** Noise as a share of the signal. */
function powerOf({ noise }: Sensitivity): number {
  return 10 ** (-noise.sqnrDb / 10);
}

/** Noise at a right angle to the signal lowers the cosine by half its power. */
function powerAllowedBy({ leastSqnrDb, leastCosine }: FidelityTarget): number {
  return Math.min(10 ** (-leastSqnrDb / 10), 2 * (1 - leastCosine));
}

function macsOf(layers: readonly Layer[]): number {
  return layers.reduce((sum, { macs }) => sum + macs, 0);
}

function idsOf(layers: readonly Layer[]): Set<string> {
  return new Set(layers.map(({ id }) => id));
}
