/** Replaces weights in a graph by blocks: each weight once, however many nodes use it. */
import type { GraphEditor } from '../../onnx/graph-editor.ts';
import type { NodeProto, TensorProto } from '../../onnx/ir.ts';
import { snapshotOf, withFloats } from '../../onnx/tensor-contents.ts';
import { releaseBuffers } from '../../runtime/release-buffers.ts';
import type { Bits, BlockShape, QuantizedBlocks } from './blocks.ts';
import { type Covariance, isFiniteCovariance, sumOfCovariances } from './covariance.ts';
import type { WeightUse } from './find-weights.ts';
import { roundWithCompensation } from './gptq.ts';
import type { MatrixProducts } from './matrix-products.ts';
import {
  replaceGather,
  replaceProduct,
  shapeAsTable,
  type StoredBlocks,
  storeBlocks,
  storeTable,
} from './replace-weights.ts';
import { roundBlocks } from './round-blocks.ts';

export type Method = 'gptq' | 'hqq' | 'nearest';

const MOST_BITS = 8;

type QuantizedUses = { compensated: WeightUse[]; rounded: WeightUse[]; tooLarge: WeightUse[] };

type Options = {
  root: GraphEditor;
  bitsOf: (node: NodeProto) => Bits;
  blockSize: number;
  isSymmetric: boolean;
  method: Method;
  accuracyLevel: number;
  /** What `gptq` rounds on; without it, or where it knows no covariance of an input, weights are rounded without data. */
  data: { covarianceOf: (input: string) => Covariance | undefined; products: MatrixProducts } | null;
  onProgress: (fraction: number) => void;
};

/** @returns whose weights were rounded on data, and the products whose weights were not, although the method wants data; and of these, whose data are too large */
export async function quantizeUses(uses: readonly WeightUse[], options: Options): Promise<QuantizedUses> {
  const done: QuantizedUses = { compensated: [], rounded: [], tooLarge: [] };
  const tied = findTied(uses, options);
  const groups = Map.groupBy(uses, (use) => use.weight);
  let count = 0;
  for (const [weight, users] of groups) {
    for (const alike of Map.groupBy(users, (use) => keyOf(tied.get(use) ?? use, options)).values()) {
      const how = await quantizeAlike(weight, alike, options);
      const products = alike.filter(({ kind }) => kind === 'product');
      if (how === 'compensated') done.compensated.push(...products);
      else if (options.method === 'gptq') done.rounded.push(...products);
      if (how === 'too-large') done.tooLarge.push(...products);
    }
    count += 1;
    options.onProgress(count / groups.size);
  }
  return done;
}

/** Uses of one weight with the same key share its blocks. */
function keyOf({ kind, isTransposed, alpha, node }: WeightUse, { bitsOf }: Options): string {
  return JSON.stringify([kind, isTransposed, alpha, bitsOf(node)]);
}

/**
 * Which tables take the blocks of a product that they are tied to. Its integers are rounded for what the product gives: in 8 bits, or where they
 * are the nearest anyway, rows lose nothing by them.
 */
export function findTied(
  uses: readonly WeightUse[],
  { bitsOf, blockSize, method }: Pick<Options, 'bitsOf' | 'blockSize' | 'method'>,
): Map<WeightUse, WeightUse> {
  const tied = new Map<WeightUse, WeightUse>();
  for (const table of uses) {
    if (table.kind !== 'table' || table.inputs % blockSize !== 0) continue;
    const product = uses.find(
      ({ kind, weight, isTransposed, alpha, node }) =>
        kind === 'product' &&
        weight === table.weight &&
        isTransposed &&
        alpha === 1 &&
        bitsOf(node) >= bitsOf(table.node) &&
        (method !== 'gptq' || bitsOf(node) === MOST_BITS),
    );
    if (product) tied.set(table, product);
  }
  return tied;
}

async function quantizeAlike(
  weight: TensorProto,
  uses: readonly WeightUse[],
  options: Options,
): Promise<'compensated' | 'too-large' | 'rounded'> {
  const { root, bitsOf, blockSize, isSymmetric, accuracyLevel } = options;
  const products = uses.filter((use) => use.kind === 'product');
  const first = products[0] ?? uses[0];
  if (!first) return 'rounded';
  const { kind, inputs, outputs } = first;
  const shape: BlockShape = { inputs, outputs, blockSize, bits: bitsOf(first.node) };
  const covariance = kind === 'product' && options.data ? covarianceFor(products, options.data.covarianceOf) : null;
  const isUsable = covariance !== null && isFiniteCovariance(covariance);
  const compensated = isUsable ? await compensate(weight, covariance, { first, shape }, options) : null;
  const quantize = compensated ? () => compensated : roundLater(weight, { first, shape }, options);
  const storage = { root, wish: weight.name || first.name, shape, isSymmetric, quantize };
  const stored: StoredBlocks = kind === 'product' ? storeBlocks(storage) : storeTable(storage);
  for (const use of products) replaceProduct(use, stored, { shape, accuracyLevel });
  const tables = uses.filter((use) => use.kind === 'table');
  if (tables.length > 0) {
    const rows = kind === 'table' ? stored : shapeAsTable(root, stored, shape);
    for (const use of tables) replaceGather(use, rows, shape);
  }
  if (compensated) return 'compensated';
  return covariance ? 'too-large' : 'rounded';
}

/** A covariance takes as much memory as half a weight: it is used up now. */
async function compensate(
  weight: TensorProto,
  covariance: Covariance,
  { first, shape }: { first: WeightUse; shape: BlockShape },
  { data, isSymmetric }: Options,
): Promise<QuantizedBlocks | null> {
  if (!data) return null;
  const values = withFloats(weight, (floats) => outputsByInputs(floats, first));
  try {
    return await roundWithCompensation(values, covariance, shape, { isSymmetric, products: data.products });
  } finally {
    releaseBuffers(values);
  }
}

/** When the weight is written. This function is apart so that what it gives does not keep a covariance in memory. */
function roundLater(
  weight: TensorProto,
  { first: { alpha, isTransposed }, shape }: { first: WeightUse; shape: BlockShape },
  { method, isSymmetric }: Options,
): () => QuantizedBlocks {
  const source = snapshotOf(weight);
  return () =>
    withFloats(source, (values) =>
      roundBlocks(alpha === 1 ? values : values.map((value) => value * alpha), shape, {
        isSymmetric,
        isTransposed,
        isRobust: method === 'hqq',
      }),
    );
}

/** A weight that is used several times has to serve all of its inputs; null when one of them was not looked at. */
function covarianceFor(
  uses: readonly WeightUse[],
  covarianceOf: (input: string) => Covariance | undefined,
): Covariance | null {
  if (!uses.every(({ isInMainGraph }) => isInMainGraph)) return null;
  const names = new Set(uses.map(({ node }) => node.inputs[0] ?? ''));
  const covariances = [...names].flatMap((name) => covarianceOf(name) ?? []);
  const [first, ...others] = covariances;
  return first && covariances.length === names.size ? sumOfCovariances([first, ...others]) : null;
}

/** A copy of a weight, times what its product is multiplied by. */
function outputsByInputs(
  values: Float32Array,
  { inputs, outputs, isTransposed, alpha }: WeightUse,
): Float32Array<ArrayBuffer> {
  const copy = new Float32Array(values.length);
  const [step, next] = isTransposed ? [inputs, 1] : [1, outputs];
  for (let output = 0, index = 0; output < outputs; output += 1) {
    for (let input = 0; input < inputs; input += 1, index += 1) {
      copy[index] = (values[output * step + input * next] as number) * alpha;
    }
  }
  return copy;
}
