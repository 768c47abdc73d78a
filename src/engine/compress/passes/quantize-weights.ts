/** Weights of matrix products and tables in 2, 4 or 8 bits, block by block; activations and arithmetic stay float32. */
import { z } from 'zod';
import { AppError } from '#shared/app-error.ts';
import type { Finding } from '#shared/model.ts';
import { countText } from '#shared/text/number-text.ts';
import { cloneModel } from '../../onnx/clone-model.ts';
import type { GraphProto, NodeProto, TensorProto } from '../../onnx/ir.ts';
import { collectGarbage } from '../../runtime/collect-garbage.ts';
import { importDomain, MICROSOFT } from '../import-domain.ts';
import { matchNames, NAMES_THAT_STAY } from '../match-nodes.ts';
import { explainNothing } from '../explain-nothing.ts';
import { definePass, finding } from '../pass.ts';
import { describeSkipped, type Skipped } from '../skipped.ts';
import { collectCovariances } from '../weights/collect-covariances.ts';
import { groupByCovariances, MOST_GPTQ_INPUTS } from '../weights/group-by-covariances.ts';
import { findHeads } from '../weights/find-heads.ts';
import { findWeights, type WeightUse } from '../weights/find-weights.ts';
import { describeTied } from '../weights/describe-tied.ts';
import { openMatrixProducts } from '../weights/matrix-products.ts';
import { findTied, quantizeUses } from '../weights/quantize-uses.ts';

const INT8_ACCURACY_LEVEL = 4;
/** Of the work, where data are looked at first. */
const MEASURING_FRACTION = 0.4;

const bitsSchema = z.union([z.literal(2), z.literal(4), z.literal(8)]);

export const quantizeWeights = definePass({
  name: 'quantize-weights',
  title: 'Weights in 2, 4 or 8 bits',
  summary:
    'Stores the weights of matrix products and embedding tables in blocks of few bits, which ONNX Runtime unpacks as it computes; activations stay float32.',
  goodFor: 'Transformers whose size, or the time to read weights from memory, is what hurts.',
  foldsConstants: true,
  needsCalibration: true,
  settings: z.strictObject({
    bits: bitsSchema.default(4).describe('Bits of one weight: 2, 4 or 8. With 2 few models keep their accuracy.'),
    headBits: bitsSchema
      .default(8)
      .describe(
        'Bits of products behind which no other product stands, such as classifiers: their errors reach the outputs as they are. Never fewer than “bits”.',
      ),
    blockSize: z
      .union([z.literal(16), z.literal(32), z.literal(64), z.literal(128), z.literal(256)])
      .default(32)
      .describe(
        'Weights along the inputs that share one scale: 16, 32, 64, 128 or 256. Smaller is closer, and larger on disk.',
      ),
    symmetric: z.boolean().default(false).describe('No zero points: a little smaller and faster, a little less close.'),
    method: z
      .enum(['gptq', 'hqq', 'nearest'])
      .default('gptq')
      .describe(
        '“gptq” rounds so that outputs on calibration data stay as they were; “hqq” and “nearest” need no data: “hqq” chooses ranges for which a few large weights do not count.',
      ),
    operators: z
      .array(z.enum(['MatMul', 'Gemm', 'Gather']))
      .min(1)
      .default(['MatMul', 'Gemm', 'Gather'])
      .describe('Which operators. Gather stands for embedding tables, which become GatherBlockQuantized.'),
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
    exclude: z.array(z.string().min(1)).default([]).describe(NAMES_THAT_STAY),
  }),
  async apply(model, settings, context) {
    const { bits, blockSize, method, symmetric: isSymmetric, minimumElements } = settings;
    if (method === 'hqq' && isSymmetric) {
      throw new AppError(
        'invalid-input',
        'The method “hqq” chooses zero points, and with “symmetric” there are none. Take “nearest”, or leave “symmetric” off.',
      );
    }
    const {
      root,
      uses: all,
      skipped,
    } = findWeights(model, {
      ...settings,
      isExcluded: matchNames(model, settings.exclude, 'exclude'),
    });
    const heads = findHeads(model.graph as GraphProto);
    const bitsOf = (node: NodeProto) => (heads.has(node) && settings.headBits > bits ? settings.headBits : bits);
    const { uses, left } = withoutUnfitting(all, { blockSize, bitsOf });
    if (uses.length === 0) {
      throw new AppError(
        'unsupported',
        `There is nothing to quantize: the model has no ${settings.operators.join(', ')} with a constant float32 matrix of at least ${minimumElements} elements.${explainNothing(model, [...skipped, ...left])}`,
      );
    }
    const options = { root, bitsOf, blockSize, isSymmetric, method };
    const accuracyLevel = settings.arithmetic === 'int8' ? INT8_ACCURACY_LEVEL : 0;
    const compensated: WeightUse[] = [];
    const rounded: WeightUse[] = [];
    const tooLarge = new Set<WeightUse>();
    let source: string | null = null;
    // Data go through the model as it was, whatever of it is quantized by then.
    const float = cloneModel(model);
    const products = method === 'gptq' ? await openMatrixProducts() : null;
    try {
      const groups = products ? groupByCovariances(uses, model) : [{ uses, sizes: new Map<string, number>() }];
      for (const [index, group] of groups.entries()) {
        const report = (fraction: number, message: string): void =>
          context.onProgress({ fraction: (index + fraction) / groups.length, message });
        const measured =
          products === null || group.sizes.size === 0
            ? null
            : await collectCovariances(float, group.sizes, {
                inputs: context.inputs,
                products,
                onProgress: ({ fraction, message }) => report(MEASURING_FRACTION * (fraction ?? 0), message),
              });
        const done = await quantizeUses(group.uses, {
          ...options,
          accuracyLevel,
          data: products && { products, covarianceOf: (name) => measured?.covariances.get(name) },
          onProgress: (fraction) =>
            report(MEASURING_FRACTION + (1 - MEASURING_FRACTION) * fraction, 'rounding weights'),
        });
        compensated.push(...done.compensated);
        rounded.push(...done.rounded);
        for (const use of done.tooLarge) tooLarge.add(use);
        source ??= measured?.source ?? null;
        if (products) collectGarbage();
      }
    } finally {
      await products?.close();
    }
    root.removeUnused();
    importDomain(model, MICROSOFT);
    const tied = findTied(uses, { bitsOf, blockSize, method });
    const isMadeUp = source === 'generated' && compensated.length > 0;
    return {
      summary: `${countText(weightsOf(uses).size, 'weight')} in ${bits} bits, blocks of ${blockSize}${method === 'gptq' ? `; ${describeRounding(uses, compensated, isMadeUp)}` : ''}.`,
      findings: [
        ...describeDone(
          uses.filter((use) => !tied.has(use)),
          { bits, bitsOf },
        ),
        ...describeTied(uses, tied, { bits, blockSize }),
        ...describeSkipped([...skipped, ...left], 'operator'),
        ...describeRounded(rounded, tooLarge),
        ...(isMadeUp ? [dataFreeFinding] : []),
      ],
    };
  },
});

const dataFreeFinding = finding(
  'warning',
  'generated-calibration',
  'Weights were rounded for generated inputs, not for real data: on real ones the outputs may be further off. Give calibration data before you rely on this file, or set method to “nearest” or “hqq”, which need none.',
);

const weightsOf = (uses: readonly WeightUse[]): Set<TensorProto> => new Set(uses.map(({ weight }) => weight));

/** How many weights by which method: a weight that several products use is one. */
function describeRounding(uses: readonly WeightUse[], compensated: readonly WeightUse[], isMadeUp: boolean): string {
  const onData = weightsOf(compensated).size;
  const others = weightsOf(uses).size - onData;
  const source = `on ${isMadeUp ? 'generated inputs' : 'calibration data'}`;
  if (onData === 0) return 'rounded to the nearest integers';
  return others === 0 ? `rounded ${source}` : `${onData} rounded ${source}, ${others} to the nearest integers`;
}

/** Tables whose rows do not fill whole bytes, which GatherBlockQuantized does not take. */
function withoutUnfitting(
  all: readonly WeightUse[],
  { bitsOf }: { blockSize: number; bitsOf: (node: NodeProto) => number },
): { uses: WeightUse[]; left: Skipped[] } {
  const uses: WeightUse[] = [];
  const left: Skipped[] = [];
  for (const use of all) {
    const fills = (use.inputs * bitsOf(use.node)) % 8 === 0;
    if (use.kind === 'product' || fills) uses.push(use);
    else left.push({ name: use.name, reason: 'its rows do not fill whole bytes' });
  }
  return { uses, left };
}

function describeDone(
  uses: readonly WeightUse[],
  { bits, bitsOf }: { bits: number; bitsOf: (node: NodeProto) => number },
): Finding[] {
  const findings: Finding[] = [];
  const products = uses.filter(({ kind }) => kind === 'product');
  const heads = products.filter(({ node }) => bitsOf(node) !== bits);
  const rest = products.filter((use) => !heads.includes(use));
  const tables = uses.filter(({ kind }) => kind === 'table');
  const add = (kind: string, some: readonly WeightUse[], sentence: string): void => {
    if (some.length > 0) {
      findings.push(
        finding(
          'info',
          kind,
          sentence,
          some.map(({ name }) => name),
        ),
      );
    }
  };
  add('quantized', rest, `Weights of ${countText(rest.length, 'matrix product')} are kept in ${bits} bits.`);
  add(
    'head-in-more-bits',
    heads,
    `Weights of ${countText(heads.length, 'matrix product')} at the end of the model are kept in ${heads[0] ? bitsOf(heads[0].node) : 8} bits, because errors there reach the outputs as they are.`,
  );
  add(
    'table-quantized',
    tables,
    `${countText(tables.length, 'table')} of embeddings in ${bits} bits (GatherBlockQuantized).`,
  );
  return findings;
}

function describeRounded(rounded: readonly WeightUse[], tooLarge: ReadonlySet<WeightUse>): Finding[] {
  const byReason = Map.groupBy(rounded, (use) => {
    const { isInMainGraph, inputs } = use;
    if (tooLarge.has(use)) return 'squares of the inputs on calibration data are beyond float32';
    if (!isInMainGraph) return 'data inside of subgraphs cannot be looked at';
    return inputs > MOST_GPTQ_INPUTS
      ? `of more than ${MOST_GPTQ_INPUTS} inputs`
      : 'a product inside of a subgraph has the same weight, and data there cannot be looked at';
  });
  return [...byReason].map(([reason, uses]) =>
    finding(
      'info',
      'rounded-without-data',
      `${countText(uses.length, 'weight')} went to the nearest integers, because ${reason}.`,
      uses.map(({ name }) => name),
    ),
  );
}
