/** Weights of matrix products in 4 or 8 bits, block by block; activations and arithmetic stay float32. */
import { z } from 'zod';
import { AppError } from '#shared/app-error.ts';
import type { Finding } from '#shared/model.ts';
import { countText } from '#shared/text/number-text.ts';
import { createNamer } from '../../onnx/create-namer.ts';
import { editGraph } from '../../onnx/graph-editor.ts';
import type { GraphProto } from '../../onnx/ir.ts';
import { definePass, finding } from '../pass.ts';
import { importDomain } from '../import-domain.ts';
import { findSites, type Product } from '../static/find-sites.ts';
import { collectCovariances } from '../weights/collect-covariances.ts';
import { roundWithCompensation } from '../weights/gptq.ts';
import { type BlockShape, type QuantizedBlocks, roundBlocks } from '../weights/quantize-blocks.ts';
import { MICROSOFT, replaceProduct, weightAsMatrix } from '../weights/replace-product.ts';

/** Beyond, the covariance of the inputs alone takes more memory than most models. */
const MOST_GPTQ_INPUTS = 4096;
const INT8_ACCURACY_LEVEL = 4;

export const quantizeWeights = definePass({
  name: 'quantize-weights',
  title: 'Weights in 4 or 8 bits',
  summary:
    'Stores the weights of matrix products in blocks of 4 or 8 bits, which ONNX Runtime unpacks as it computes; activations stay float32.',
  goodFor: 'Transformers whose size, or the time to read weights from memory, is what hurts.',
  needsCalibration: true,
  settings: z.strictObject({
    bits: z
      .union([z.literal(4), z.literal(8)])
      .default(4)
      .describe('Bits of one weight: 4 or 8.'),
    blockSize: z
      .union([z.literal(16), z.literal(32), z.literal(64), z.literal(128), z.literal(256)])
      .default(32)
      .describe(
        'Weights along the inputs that share one scale: 16, 32, 64, 128 or 256. Smaller is closer, and larger on disk.',
      ),
    symmetric: z.boolean().default(false).describe('No zero points: a little smaller and faster, a little less close.'),
    method: z
      .enum(['gptq', 'nearest'])
      .default('gptq')
      .describe('“gptq” rounds so that outputs on calibration data stay as they were; “nearest” needs no data.'),
    arithmetic: z
      .enum(['float32', 'int8'])
      .default('float32')
      .describe('In which the product is computed: int8 is faster on CPUs, and rounds activations too.'),
    minimumElements: z
      .int()
      .min(0)
      .max(2 ** 31)
      .default(1024)
      .describe('Weights with fewer elements stay float32: they save nothing.'),
    exclude: z.array(z.string().min(1)).default([]).describe('Names of nodes that stay float32.'),
  }),
  async apply(model, settings, context) {
    const graph = model.graph as GraphProto;
    const { products: all, skipped } = findSites(graph, {
      operators: ['MatMul', 'Gemm'],
      isExcluded: ({ name }) => settings.exclude.includes(name),
      carries: false,
    });
    const isLarge = ({ weight }: Product): boolean =>
      weight.dims.reduce((product, size) => product * size, 1) >= settings.minimumElements;
    const products = all.filter(isLarge);
    if (products.length === 0) {
      throw new AppError(
        'unsupported',
        `There is nothing to quantize: the model has no MatMul or Gemm with a constant float32 weight of at least ${settings.minimumElements} elements.`,
      );
    }
    const covariances = settings.method === 'gptq' ? await measure(products) : null;
    const editor = editGraph(graph, createNamer(model));
    const rounded: string[] = [];
    for (const product of products) {
      const { inputs, outputs, read } = weightAsMatrix(product);
      const shape: BlockShape = { inputs, outputs, blockSize: settings.blockSize, bits: settings.bits };
      const covariance = covariances?.get(product.node.inputs[0] ?? '');
      if (covariances && !covariance) rounded.push(product.name);
      const isSymmetric = settings.symmetric;
      // A covariance takes as much memory as a weight: it is used up now. Rounding to the nearest waits until it is written.
      const compensated = covariance && roundWithCompensation(read(), covariance.slice(), shape, { isSymmetric });
      const quantize = (): QuantizedBlocks =>
        compensated ?? roundBlocks(read(), shape, { isSymmetric, importance: null });
      const accuracyLevel = settings.arithmetic === 'int8' ? INT8_ACCURACY_LEVEL : 0;
      replaceProduct(editor, product, { shape, isSymmetric, quantize, accuracyLevel });
    }
    editor.removeUnused();
    importDomain(model, MICROSOFT);
    return {
      summary: `The weights of ${countText(products.length, 'matrix product')} in ${settings.bits} bits, blocks of ${settings.blockSize}${settings.method === 'gptq' ? ', rounded on calibration data' : ''}.`,
      findings: [
        finding(
          'info',
          'quantized',
          `${countText(products.length, 'matrix product')} keep their weights in ${settings.bits} bits.`,
          products.map(({ name }) => name),
        ),
        ...describeRest(
          skipped,
          all.filter((product) => !isLarge(product)),
          rounded,
        ),
      ],
    };

    async function measure(chosen: readonly Product[]): Promise<Map<string, Float64Array>> {
      const sizes = new Map(
        chosen.map((product) => [product.node.inputs[0] ?? '', weightAsMatrix(product).inputs] as const),
      );
      for (const [name, size] of sizes) if (size > MOST_GPTQ_INPUTS) sizes.delete(name);
      return collectCovariances(model, sizes, context);
    }
  },
});

function describeRest(
  skipped: readonly { name: string; reason: string }[],
  small: readonly Product[],
  rounded: readonly string[],
): Finding[] {
  const findings: Finding[] = [];
  const left = [...skipped, ...small.map(({ name }) => ({ name, reason: 'too small to save anything' }))];
  for (const [reason, group] of Map.groupBy(left, (item) => item.reason)) {
    findings.push(
      finding(
        'info',
        'skipped',
        `${countText(group.length, 'matrix product')} stayed float32: ${reason}.`,
        group.map(({ name }) => name),
      ),
    );
  }
  if (rounded.length > 0) {
    findings.push(
      finding(
        'info',
        'rounded-without-data',
        `${countText(rounded.length, 'weight')} went to the nearest integers, because of more than ${MOST_GPTQ_INPUTS} inputs.`,
        rounded,
      ),
    );
  }
  return findings;
}
