/** Replaces weights in a graph by blocks: each weight once, however many nodes use it. */
import type { GraphEditor } from '../../onnx/graph-editor.ts';
import type { NodeProto, TensorProto } from '../../onnx/ir.ts';
import { snapshotOf, withFloats } from '../../onnx/tensor-contents.ts';
import type { Bits, BlockShape, QuantizedBlocks } from './blocks.ts';
import type { WeightUse } from './find-weights.ts';
import { roundWithCompensation } from './gptq.ts';
import { replaceGather, replaceProduct, type StoredBlocks, storeBlocks, storeTable } from './replace-weights.ts';
import { roundBlocks } from './round-blocks.ts';

export type Method = 'gptq' | 'hqq' | 'nearest';

type Options = {
  root: GraphEditor;
  bitsOf: (node: NodeProto) => Bits;
  blockSize: number;
  isSymmetric: boolean;
  method: Method;
  accuracyLevel: number;
  /** Of the inputs of a product, by name; without one the weights are rounded without data. */
  covarianceOf: (input: string) => Float64Array | undefined;
  onProgress: (fraction: number) => void;
};

/** @returns whose weights were rounded on data, and the products whose weights were not, although the method wants data */
export function quantizeUses(
  uses: readonly WeightUse[],
  options: Options,
): { compensated: WeightUse[]; rounded: WeightUse[] } {
  const done = { compensated: [] as WeightUse[], rounded: [] as WeightUse[] };
  const groups = Map.groupBy(uses, (use) => use.weight);
  let count = 0;
  for (const [weight, users] of groups) {
    for (const alike of Map.groupBy(users, (use) => keyOf(use, options)).values()) {
      const { isCompensated } = quantizeAlike(weight, alike, options);
      if (isCompensated) done.compensated.push(...alike);
      else if (options.method === 'gptq') done.rounded.push(...alike.filter(({ kind }) => kind === 'product'));
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

function quantizeAlike(weight: TensorProto, uses: readonly WeightUse[], options: Options): { isCompensated: boolean } {
  const { root, bitsOf, blockSize, isSymmetric, method, accuracyLevel } = options;
  const [first] = uses;
  if (!first) return { isCompensated: false };
  const { kind, inputs, outputs, isTransposed, alpha } = first;
  const shape: BlockShape = { inputs, outputs, blockSize, bits: bitsOf(first.node) };
  const source = snapshotOf(weight);
  const withValues = <Result>(use: (values: Float32Array) => Result): Result =>
    withFloats(source, (values) => use(alpha === 1 ? values : values.map((value) => value * alpha)));
  const covariance = method === 'gptq' && kind === 'product' ? sumOf(uses, options) : null;
  // A covariance takes as much memory as a weight: it is used up now. Rounding without data waits until the weight is written.
  const compensated =
    covariance &&
    withValues((values) =>
      roundWithCompensation(isTransposed ? turn(values, outputs, inputs) : values, covariance, shape, { isSymmetric }),
    );
  const quantize = (): QuantizedBlocks =>
    compensated ??
    withValues((values) => roundBlocks(values, shape, { isSymmetric, isTransposed, isRobust: method === 'hqq' }));
  const storage = { root, wish: weight.name || first.name, shape, isSymmetric, quantize };
  const stored: StoredBlocks = kind === 'product' ? storeBlocks(storage) : storeTable(storage);
  for (const use of uses) {
    if (kind === 'product') replaceProduct(use, stored, { shape, accuracyLevel });
    else replaceGather(use, stored, shape);
  }
  return { isCompensated: covariance !== null };
}

/** A weight that is used several times has to serve all of its inputs; null when one of them was not looked at. */
function sumOf(uses: readonly WeightUse[], { covarianceOf }: Options): Float64Array | null {
  const names = new Set(uses.map(({ node }) => node.inputs[0] ?? ''));
  let sum: Float64Array | null = null;
  for (const name of names) {
    const covariance = uses.every(({ isInMainGraph }) => isInMainGraph) ? covarianceOf(name) : undefined;
    if (!covariance) return null;
    if (sum === null) sum = covariance.slice();
    else
      for (let index = 0; index < sum.length; index += 1)
        sum[index] = (sum[index] as number) + (covariance[index] as number);
  }
  return sum;
}

/** From `[rows, columns]` to `[columns, rows]`. */
function turn(values: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      turned[column * rows + row] = values[row * columns + column] as number;
    }
  }
  return turned;
}
