/** Static quantization: weights and activations in 8 bits, with ranges of activations from calibration data. */
import { z } from 'zod';
import { AppError } from '#shared/app-error.ts';
import { nativeProviderIdSchema } from '#shared/provider.ts';
import { countText } from '#shared/text/number-text.ts';
import type { GraphProto, NodeProto } from '../../onnx/ir.ts';
import { RANGE_METHODS } from '../calibration/choose-range.ts';
import { saturatesInt8 } from '../choose-reduced-range.ts';
import { definePass } from '../pass.ts';
import { matchNames, matchOperators, NAMES_THAT_STAY } from '../match-nodes.ts';
import { describeSkipped } from '../skipped.ts';
import { chooseQdqDomain, qdqOpset } from '../static/choose-qdq-domain.ts';
import { COMPUTE_OPERATORS, findSites } from '../static/find-sites.ts';
import { findWithoutKernel } from '../static/find-without-kernel.ts';
import { SMALL_PRODUCTS } from '../static/find-small-products.ts';
import { storeTransposed } from '../static/store-transposed.ts';
import {
  dataFreeFinding,
  describeSites,
  describeStored,
  equalizedFinding,
  noReductionFinding,
  nothingToQuantize,
  notReconstructedFinding,
  olderOpsetFinding,
  saturationFinding,
} from '../static/describe-quantization.ts';
import { describeMixing } from '../static/describe-mixing.ts';
import { quantizeBranches } from '../static/quantize-branches.ts';
import { quantizeStatically, type StaticOptions } from '../static/quantize-graph.ts';
import { WEIGHT_LIMITS } from '../static/quantize-tensor.ts';
import { foldGemmFactors } from '../simplify/fold-gemm-factors.ts';
import { foldPads } from '../simplify/fold-pads.ts';
import { rewriteMeans } from '../simplify/rewrite-means.ts';
import { rewriteGates } from '../simplify/rewrite-gates.ts';
import { shareProgress } from '../share-progress.ts';
import { foldAll } from './fold-batch-norm.ts';

const REDUCED_LIMIT = 63;
/** Of the time, about, where the model has branches. */
const BRANCHES_SHARE = 0.5;

export const quantizeStatic = definePass({
  name: 'quantize-static',
  title: 'Static quantization (int8)',
  summary:
    'Weights and activations in 8 bits: activations get fixed ranges, which are found by running the model on calibration data.',
  goodFor: 'The fastest inference on CPUs with VNNI or dot products, of convolutional networks most of all.',
  foldsConstants: true,
  needsCalibration: true,
  opset: (settings) => qdqOpset(settings),
  settings: z.strictObject({
    operators: z
      .array(z.enum(COMPUTE_OPERATORS))
      .min(1)
      .default([...COMPUTE_OPERATORS])
      .describe('Which operators with constant weights compute in integers.'),
    calibration: z
      .enum(RANGE_METHODS)
      .default('mse')
      .describe(
        'How the range of an activation is chosen: least squared error, all values seen, their average over items, a percentile, or least KL divergence.',
      ),
    percentile: z
      .number()
      .min(90)
      .max(100)
      .default(99.999)
      .describe('Share of values, in percent, inside of the range; for the calibration “percentile”.'),
    calibrationProvider: nativeProviderIdSchema
      .default('node:cpu')
      .describe(
        'What runs the float32 model on calibration data; one that rounds otherwise gives slightly other ranges. Everything that runs the quantized model is done on the CPU.',
      ),
    activationType: z
      .enum(['uint8', 'int8', 'uint16', 'int16'])
      .default('uint8')
      .describe(
        'uint8 is the fastest on x86, where int8 leaves convolutions beside additions in float32. 16 bits are for accuracy studies: ONNX Runtime computes them in float32.',
      ),
    weightType: z
      .enum(['int8', 'uint8', 'int4'])
      .default('int8')
      .describe(
        'uint8 does not saturate on x86 CPUs without VNNI. int4 takes half the room on disk and loses more; ONNX Runtime makes int8 of it as it loads, so time and memory are those of int8. Weights of fewer than 1,024 elements stay in 8 bits, which take no more room.',
      ),
    symmetricActivations: z
      .boolean()
      .default(false)
      .describe('Ranges as far below zero as above it; some accelerators ask for it.'),
    perChannel: z.boolean().default(true).describe('One scale for each output channel instead of one for a weight.'),
    reducedRange: z
      .enum(['auto', 'on', 'off'])
      .default('auto')
      .describe('Weights in 7 bits. “auto” takes them where this CPU saturates with 8 (x86 without VNNI).'),
    carryIntegers: z
      .boolean()
      .default(true)
      .describe('Additions and pooling between quantized products are carried out in integers too.'),
    equalization: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe(
        'How much alike the ranges of an activation’s channels are made before they share one scale; 0 leaves them as they are.',
      ),
    balancedRounding: z
      .boolean()
      .default(true)
      .describe('Weights of convolutions are rounded so that errors cancel, instead of each to its nearest integer.'),
    reconstruction: z
      .boolean()
      .default(false)
      .describe(
        'Weights are rounded so that what each layer makes on calibration data stays as it was; with biasCorrection and real data only. Takes several times as long; int4 gains the most.',
      ),
    biasCorrection: z
      .boolean()
      .default(true)
      .describe(
        'What rounding does to the means of each layer is taken out of its bias, layer by layer; with real calibration data only.',
      ),
    keepSmall: z
      .enum(SMALL_PRODUCTS)
      .default('where-free')
      .describe(
        'Products with at most 1 % of the multiplications and weights (and 10 % together), whose results go on in float32, stay float32: patch embeddings, small classifiers. “where-free” does so where it takes no conversions more, “always” also behind pooling, which takes 1 to 2 % more time on small networks.',
      ),
    transposedConvolutions: z
      .enum(['float32', 'int8'])
      .default('float32')
      .describe(
        'Weights of transposed convolutions, which compute in float32 whatever this says: with int8 the file is smaller, and ONNX Runtime makes float32 of them as it loads.',
      ),
    mixedPrecision: z
      .enum(['off', 'auto'])
      .default('off')
      .describe(
        'With “auto”, layers that cost the most fidelity stay float32 until the outputs on calibration items are near enough. Each layer is measured, which takes several times as long.',
      ),
    leastSqnrDb: z
      .number()
      .min(0)
      .max(80)
      .default(30)
      .describe('For mixed precision: signal to noise of the outputs, in decibels, that is near enough.'),
    leastCosine: z
      .number()
      .min(0)
      .max(1)
      .default(0.999)
      .describe('For mixed precision: cosine of the outputs to those of float32 that is near enough.'),
    mostFloatShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.2)
      .describe('For mixed precision: share of the multiplications that may stay float32.'),
    exclude: z.array(z.string().min(1)).default([]).describe(NAMES_THAT_STAY),
    excludeOperators: z.array(z.string().min(1)).default([]).describe('Types of operators that stay float32.'),
  }),
  async apply(model, settings, context) {
    const isNamed = matchNames(model, settings.exclude, 'exclude');
    const isOfType = matchOperators(model, settings.excludeOperators, { setting: 'excludeOperators' });
    const isExcluded = (node: NodeProto): boolean => isNamed(node) || isOfType(node);
    foldPads(model, isExcluded);
    rewriteMeans(model, isExcluded);
    foldAll(model, isExcluded);
    if (settings.operators.includes('Gemm')) foldGemmFactors(model, isExcluded);
    rewriteGates(model, isExcluded);
    const { weightType, reducedRange } = settings;
    // Only products of unsigned by signed bytes do.
    const saturates = weightType === 'int8' && reducedRange === 'auto' && saturatesInt8(await context.cpuExtensions());
    const isReduced = weightType !== 'int4' && (reducedRange === 'on' || saturates);
    const { domain, isOwn } = chooseQdqDomain(model, settings);
    const options: StaticOptions = {
      operators: settings.operators,
      isExcluded,
      carries: settings.carryIntegers,
      method: settings.calibration,
      percentile: settings.percentile,
      calibrationProvider: settings.calibrationProvider,
      activationType: settings.activationType,
      isSymmetric: settings.symmetricActivations,
      perChannel: settings.perChannel,
      weightType,
      weightLimit: isReduced ? REDUCED_LIMIT : WEIGHT_LIMITS[weightType],
      balances: settings.balancedRounding,
      reconstructs: settings.reconstruction,
      // Means of made-up inputs are not those of real ones.
      correctsBias: settings.biasCorrection && context.inputs.kind !== 'generated',
      domain,
      equalization: settings.equalization,
      keepsSmall: settings.keepSmall,
      mixing:
        settings.mixedPrecision === 'auto'
          ? {
              target: { leastSqnrDb: settings.leastSqnrDb, leastCosine: settings.leastCosine },
              mostFloatShare: settings.mostFloatShare,
            }
          : null,
    };
    const run = { ...context, provider: 'node:cpu' as const };
    const nextPart = shareProgress(context.onProgress);
    const branches = await quantizeBranches(model, options, { ...run, onProgress: nextPart(BRANCHES_SHARE) });
    const sites = findSites(model.graph as GraphProto, options);
    const main =
      sites.products.length > 0 ? await quantizeStatically(model, options, { ...run, onProgress: nextPart(1) }) : null;
    const parts = [...(main ? [main.sites] : []), ...branches.sites];
    if (parts.length === 0)
      throw new AppError(
        'unsupported',
        nothingToQuantize(model, settings.operators, [
          ...sites.skipped,
          ...branches.skipped,
          ...findWithoutKernel(model),
        ]),
      );
    const stored =
      settings.transposedConvolutions === 'int8' ? storeTransposed(model, isExcluded) : new Set<NodeProto>();
    const { source, itemCount } = main ?? branches;
    const productCount = parts.reduce((sum, { products }) => sum + products.length, 0);
    return {
      summary: `${countText(productCount, 'operator')} quantized, activations in ${settings.activationType}, weights in ${weightType} ${settings.perChannel ? 'per channel' : 'per tensor'}${isReduced ? ', 7 bits' : ''}; ranges from ${countText(itemCount, 'item')}.`,
      findings: [
        ...describeSites(parts, branches.skipped, settings),
        ...describeStored([...stored]),
        ...describeSkipped(findWithoutKernel(model, stored), 'layer'),
        ...(main?.mixed ? describeMixing(main.mixed) : []),
        ...(main && main.equalizedCount > 0 ? [equalizedFinding(main.equalizedCount)] : []),
        ...(source === 'generated' ? [dataFreeFinding] : []),
        ...(settings.reconstruction && !options.correctsBias ? [notReconstructedFinding] : []),
        ...(saturates ? [saturationFinding] : []),
        ...(weightType === 'int4' && reducedRange === 'on' ? [noReductionFinding] : []),
        ...(isOwn ? [] : [olderOpsetFinding]),
      ],
    };
  },
});
