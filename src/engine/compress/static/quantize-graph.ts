/** Static quantization of a model: where, in which ranges, and with which integers. */
import { AppError } from '#shared/app-error.ts';
import type { EngineProgress, InputSource } from '#shared/engine-protocol.ts';
import { createNamer } from '../../onnx/create-namer.ts';
import { editGraph } from '../../onnx/graph-editor.ts';
import type { GraphProto, ModelProto, NodeProto } from '../../onnx/ir.ts';
import type { RangeMethod } from '../calibration/choose-range.ts';
import { observeActivations } from '../calibration/observe-activations.ts';
import { divideChannels } from '../calibration/activation-sample.ts';
import { factorsFromActivations } from '../equalization/choose-factors.ts';
import { findScalableGroups } from '../equalization/find-scalable-groups.ts';
import { rescaleGroups } from '../equalization/rescale-groups.ts';
import { placeBiases } from '../simplify/place-biases.ts';
import type { ProviderId } from '#shared/provider.ts';
import { chooseKept, chooseSmall } from './choose-float-products.ts';
import { chooseScales } from './choose-scales.ts';
import { correctBiases } from './correct-biases.ts';
import { findSites, type SiteOptions, type Sites } from './find-sites.ts';
import type { KeepsSmall } from './find-small-products.ts';
import { insertQdq } from './insert-qdq.ts';
import { keepFromClips } from './keep-from-clips.ts';
import { quantizeProduct } from './quantize-product.ts';
import { shareProgress } from '../share-progress.ts';
import { shiftLeftovers } from './shift-leftovers.ts';
import type { FidelityTarget, MixedPrecision } from './mix-precision.ts';
import type { ActivationType, WeightType } from './quantize-tensor.ts';

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

/**
 * What takes over a range is looked at only where the means of a product's input are needed. Mixing leaves products out, and what was
 * shared or shifted with them may then have a range of its own.
 */
function tensorsToObserve(sites: Sites, isMixing: boolean): string[] {
  if (isMixing) return [...sites.tensors, ...[...sites.shifts.values()].map(({ from }) => from)];
  const readByProducts = new Set(sites.products.map(({ node }) => node.inputs[0] ?? ''));
  return sites.tensors.filter((name) => !sites.sharedWith.has(name) || readByProducts.has(name));
}
