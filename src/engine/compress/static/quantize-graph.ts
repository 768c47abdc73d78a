/** Static quantization of a model: where, in which ranges, and with which integers. */
import { AppError } from '#shared/app-error.ts';
import type { EngineProgress, InputSource } from '#shared/engine-protocol.ts';
import { cloneModel } from '../../onnx/clone-model.ts';
import { createNamer } from '../../onnx/create-namer.ts';
import { editGraph } from '../../onnx/graph-editor.ts';
import { elementCount } from '../../onnx/element-count.ts';
import type { GraphProto, ModelProto, NodeProto } from '../../onnx/ir.ts';
import { addValues, createHistogram } from '../calibration/activation-histogram.ts';
import { chooseRange, type RangeMethod } from '../calibration/choose-range.ts';
import { findShapes } from '../calibration/find-shapes.ts';
import { observeActivations } from '../calibration/observe-activations.ts';
import { type ActivationSample, divideChannels } from '../calibration/activation-sample.ts';
import { factorsFromActivations } from '../equalization/choose-factors.ts';
import { findScalableGroups } from '../equalization/find-scalable-groups.ts';
import { rescaleGroups } from '../equalization/rescale-groups.ts';
import { placeBiases } from '../simplify/place-biases.ts';
import type { ProviderId } from '#shared/provider.ts';
import { correctBiases } from './correct-biases.ts';
import { findSites, type Product, type SiteOptions, type Sites } from './find-sites.ts';
import { findSmallProducts, type KeepsSmall } from './find-small-products.ts';
import { insertQdq } from './insert-qdq.ts';
import { keepFromClips } from './keep-from-clips.ts';
import { quantizeProduct } from './quantize-product.ts';
import { shareProgress } from '../share-progress.ts';
import { shiftLeftovers } from './shift-leftovers.ts';
import { openCalibrationItems } from '../calibration/open-calibration-items.ts';
import { createNoiseMeter } from './measure-noise.ts';
import { type FidelityTarget, type Layer, mixPrecision, type MixedPrecision } from './mix-precision.ts';
import {
  ACTIVATION_TYPES,
  type ActivationType,
  type ScaleAndZero,
  scaleOf,
  type WeightType,
} from './quantize-tensor.ts';

export type StaticOptions = SiteOptions & {
  method: RangeMethod;
  percentile: number;
  /** Runs the float32 model on calibration data. */
  calibrationProvider: ProviderId;
  activationType: ActivationType;
  isSymmetric: boolean;
  perChannel: boolean;
  weightType: WeightType;
  /** Largest weight integer: 127, 63 where 8 bits saturate, 7 of 4 bits. */
  weightLimit: number;
  /** Whether errors of means are taken out of the biases. */
  correctsBias: boolean;
  /** Whether weights are rounded for the results on calibration data; where biases are corrected. */
  reconstructs: boolean;
  /** Whether the weights of convolutions are rounded so that errors cancel. */
  balances: boolean;
  domain: string;
  equalization: number;
  /** Whether products that are not worth rounding stay float32. */
  keepsSmall: KeepsSmall;
  /** Null: every product that can be is quantized. */
  mixing: { target: FidelityTarget; mostFloatShare: number } | null;
  /** For a graph that is a part of a model; left out: names that this model has not. */
  uniqueName?: (wish: string) => string;
};

/** Of the time, about: correcting biases takes one more inference of some items, rounding for results and mixing several times as long. */
const CALIBRATION_SHARE = 0.75;
const SHORT_CALIBRATION_SHARE = 0.2;
const MIXING_SHARE = 0.8;
/** A channel is made at most so many times larger by equalizing. */
const LARGEST_GAIN = 64;
const SMALL_REASON =
  'together they have at most 1 % of the multiplications and weights, and what they make goes on in float32, so rounding them saves nothing';

/** @param model has products that can be quantized, by `findSites` */
export async function quantizeStatically(
  model: ModelProto,
  wanted: StaticOptions,
  context: { inputs: InputSource; provider: ProviderId; onProgress: (progress: EngineProgress) => void },
): Promise<{
  sites: Sites;
  equalizedCount: number;
  source: string;
  itemCount: number;
  mixed: (MixedPrecision & { itemCount: number }) | null;
}> {
  const graph = model.graph as GraphProto;
  const all = findSites(graph, wanted);
  const small = new Set(outputsOf(await chooseSmall(model, all, { ...wanted, ...context })));
  const options: StaticOptions = {
    ...wanted,
    isExcluded: (node) => node.outputs.some((name) => small.has(name)) || wanted.isExcluded(node),
  };
  const sites = findSites(graph, options);
  requireProducts(sites);
  const nextPart = shareProgress(context.onProgress);
  const { samples, statistics, batches, ...seen } = await observeActivations({
    model,
    tensors: tensorsToObserve(sites, options.mixing !== null),
    meansOf: new Set(options.correctsBias ? sites.products.map(({ input }) => input) : []),
    exactExtremes: options.method === 'minmax' || options.method === 'moving-average',
    ...context,
    provider: options.calibrationProvider,
    onProgress: nextPart(calibrationShareOf(options)),
  });
  const divisors = rescaleGroups(
    model,
    factorsFromActivations(options.equalization > 0 ? findScalableGroups(graph) : [], samples, {
      strength: options.equalization,
      largestGain: LARGEST_GAIN,
      readers: false,
    }),
  );
  for (const [name, sample] of samples) {
    const own = divisors.get(name);
    if (!own) continue;
    samples.set(name, divideChannels(sample, own));
    const found = statistics.get(name);
    if (found) found.means = found.means.map((value, channel) => value / (own[channel] as number));
  }
  if (computesInIntegers(options.activationType)) {
    const editor = editGraph(graph, options.uniqueName ?? createNamer(model));
    const nodes = sites.products.map(({ node }) => node);
    placeBiases(editor, nodes, { isExcluded: options.isExcluded, takesGemm: options.operators.includes('Gemm') });
    editor.removeUnused();
  }
  const quantize = async (
    target: ModelProto,
    kept: ReadonlySet<string>,
    onProgress: (progress: EngineProgress) => void = () => {},
  ): Promise<Sites> => {
    const found = findSites(target.graph as GraphProto, {
      ...options,
      isExcluded: (node) => kept.has(node.outputs[0] ?? '') || options.isExcluded(node),
    });
    const activations = chooseScales(found, samples, options);
    const leftovers = shiftLeftovers(found.shifts, activations, options.activationType);
    const products = found.products.map((product) =>
      quantizeProduct(product, activations, options, { leftovers, statistics }),
    );
    const uniqueName = options.uniqueName ?? createNamer(target);
    const names = insertQdq(target.graph as GraphProto, {
      sites: found,
      activations,
      products,
      activationType: options.activationType,
      isSymmetric: options.isSymmetric,
      sharesWeights: !(options.correctsBias && options.reconstructs),
      domain: options.domain,
      uniqueName,
    });
    if (computesInIntegers(options.activationType)) {
      const editor = editGraph(target.graph as GraphProto, uniqueName);
      keepFromClips(
        editor,
        found.products.map(({ node }) => node),
      );
    }
    if (options.correctsBias) {
      const about = { products, statistics, activations, quantized: target, names, batches };
      await correctBiases({ ...about, reconstructs: options.reconstructs, provider: context.provider, onProgress });
    }
    return found;
  };
  const mixed =
    options.mixing &&
    (await chooseKept(model, {
      sites: findSites(graph, options),
      quantize,
      ...options.mixing,
      ...context,
      onProgress: nextPart(MIXING_SHARE),
    }));
  const kept = new Set((mixed?.kept ?? []).map(({ id }) => id));
  const chosen = await quantize(model, kept, nextPart(1));
  requireProducts(chosen);
  // That these stayed is told with the reason.
  const keptNames = new Set((mixed?.kept ?? []).map(({ name }) => name));
  chosen.skipped = chosen.skipped.filter(({ name }) => !keptNames.has(name));
  const smallNames = new Set(
    all.products.filter(({ node }) => small.has(node.outputs[0] ?? '')).map(({ name }) => name),
  );
  chosen.skipped = chosen.skipped.map(({ name, reason }) => ({
    name,
    reason: smallNames.has(name) ? SMALL_REASON : reason,
  }));
  return { sites: chosen, equalizedCount: new Set(divisors.values()).size, mixed, ...seen };
}

function calibrationShareOf({ mixing, correctsBias, reconstructs }: StaticOptions): number {
  if (mixing || (correctsBias && reconstructs)) return SHORT_CALIBRATION_SHARE;
  return correctsBias ? CALIBRATION_SHARE : 1;
}

/** ONNX Runtime's CPU provider has integer kernels for 8 bits on both sides; weights in 4 bits are unpacked to 8. */
export function computesInIntegers(activationType: ActivationType): boolean {
  return !activationType.endsWith('16');
}

/** Errors: `unsupported` where keeping small or sensitive products in float32 leaves none. */
function requireProducts({ products }: Sites): void {
  if (products.length > 0) return;
  throw new AppError(
    'unsupported',
    'There is nothing left to quantize: keepSmall and mixedPrecision keep every product of the model in float32. Set keepSmall to “never”, or lower mostFloatShare, leastSqnrDb or leastCosine.',
  );
}

/** Nodes of a copy of the graph have the same outputs. */
function outputsOf(nodes: Iterable<NodeProto>): string[] {
  return [...nodes].flatMap(({ outputs }) => outputs);
}

async function chooseSmall(
  model: ModelProto,
  sites: Sites,
  about: { keepsSmall: KeepsSmall; inputs: InputSource; provider: ProviderId },
): Promise<Set<NodeProto>> {
  // Shapes may take a run.
  if (about.keepsSmall === 'never') return new Set();
  const layers = await countLayerMacs(model, sites.products, about);
  const macs = layers.map((layer) => layer.macs);
  return findSmallProducts(model.graph as GraphProto, { sites, macs, keeps: about.keepsSmall });
}

/** Which products stay float32 for the outputs to be near enough; `id` is the name of what a product makes. */
async function chooseKept(
  model: ModelProto,
  about: NonNullable<StaticOptions['mixing']> & {
    sites: Sites;
    quantize: (target: ModelProto, kept: ReadonlySet<string>) => Promise<unknown>;
    inputs: InputSource;
    provider: ProviderId;
    onProgress: (progress: EngineProgress) => void;
  },
): Promise<MixedPrecision & { itemCount: number }> {
  const { sites, quantize, onProgress } = about;
  const meter = await createNoiseMeter(model, about);
  const mixed = await mixPrecision({
    ...about,
    layers: await countLayerMacs(model, sites.products, about),
    async measure(kept) {
      const candidate = cloneModel(model);
      await quantize(candidate, kept);
      return meter.measure(candidate);
    },
    onMeasured: (count, mostCount) =>
      onProgress({
        fraction: count / mostCount,
        message: `measuring the sensitivity of layers, ${count} of ${mostCount}`,
      }),
  });
  return { ...mixed, itemCount: meter.itemCount };
}

async function countLayerMacs(
  model: ModelProto,
  products: readonly Product[],
  { inputs, provider }: { inputs: InputSource; provider: ProviderId },
): Promise<Layer[]> {
  const outputs = products.map(({ node }) => node.outputs[0] ?? '');
  const { shapes } = await findShapes(model, outputs, { items: await openCalibrationItems(inputs, model), provider });
  return products.map(({ name, weight, channelAxis }, index) => {
    const id = outputs[index] as string;
    const outputSize = (shapes.get(id) ?? []).reduce((total, size) => total * size, 1);
    return { id, name, macs: (outputSize * elementCount(weight)) / (weight.dims[channelAxis] as number) };
  });
}

/**
 * What takes over a range is looked at only where the means of a product's input are needed. Mixing leaves products out, and what was
 * shared or shifted with them may then have a range of its own.
 */
function tensorsToObserve(sites: Sites, isMixing: boolean): string[] {
  if (isMixing) return [...sites.tensors, ...[...sites.shifts.values()].map(({ from }) => from)];
  const readByProducts = new Set(sites.products.map(({ node }) => node.inputs[0] ?? ''));
  return sites.tensors.filter((name) => !sites.sharedWith.has(name) || readByProducts.has(name));
}

/** Where a tensor's values are seen: itself, or the one whose range it has. */
function sourceOf(sites: Sites, name: string): string {
  return sites.sharedWith.get(name) ?? name;
}

function chooseScales(
  sites: Sites,
  samples: ReadonlyMap<string, ActivationSample>,
  options: StaticOptions,
): Map<string, ScaleAndZero> {
  const { lowest, highest } = ACTIVATION_TYPES[options.activationType];
  const scales = new Map<string, ScaleAndZero>();
  for (const name of sites.tensors) {
    const source = sourceOf(sites, name);
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
