/**
 * Where a graph is quantized: which nodes compute in integers, and which tensors between them are kept in integers.
 *
 * Products with constant weights are what pays. Around them integers are carried on as far as ONNX Runtime's CPU kernels
 * follow without a way back to float: additions whose inputs are integers already, pooling, reshaping. Everything else
 * (normalizations, softmax, additions of float tensors) stays float32.
 * Source: the selectors of onnxruntime/core/optimizer/qdq_transformer.
 */
import { floatAttribute, intAttribute, textAttribute } from '../../onnx/attributes.ts';
import { type GraphIndex, indexGraph } from '../../onnx/graph-index.ts';
import { inferDtypes } from '../../onnx/infer-dtypes.ts';
import { isStandard } from '../../onnx/infer-shapes.ts';
import type { GraphProto, NodeProto, TensorProto } from '../../onnx/ir.ts';
import { elementCount } from '../../onnx/element-count.ts';
import { floatsOf, requireElementType, tensorFrom } from '../../onnx/tensor-contents.ts';
import { isFiniteWeight, reasonAgainstIntegers } from '../../onnx/weight-magnitudes.ts';
import { subgraphsOf } from '../../onnx/walk-model.ts';
import { nodeLabel } from '../node-label.ts';
import { absorbShifts } from './absorb-shifts.ts';
import { hardSwishFloor } from './hard-swish-floor.ts';
import { lastOfKernel } from './last-of-kernel.ts';
import { shareWithConcat } from './share-with-concat.ts';

export const COMPUTE_OPERATORS = ['Conv', 'MatMul', 'Gemm'] as const;

/** Integer kernels that rescale from the ranges of their inputs to the one of their output. */
const RESCALING = new Set(['Add', 'Mul', 'AveragePool', 'GlobalAveragePool', 'LeakyRelu', 'Sigmoid', 'Concat']);
/** They move values and compute nothing: their output has the range of their input. */
const MOVING = new Set(['MaxPool', 'Reshape', 'Flatten', 'Transpose', 'Squeeze', 'Unsqueeze', 'Split', 'Slice']);

export type Product = {
  node: NodeProto;
  name: string;
  /** The tensor that it multiplies. */
  input: string;
  weight: TensorProto;
  /** Axis of the weight that is the output channel. */
  channelAxis: number;
  bias: TensorProto | null;
};

export type Sites = {
  products: Product[];
  /** Nodes other than products that read and write integers. */
  carriers: NodeProto[];
  /** Tensors that are kept in integers, in the order of the graph. */
  tensors: string[];
  /** Tensor -> the one whose scale it takes over. */
  sharedWith: Map<string, string>;
  /** Single values that carriers add or multiply by. */
  constants: Map<string, number>;
  /** Tensor that an addition of a constant makes -> what it is added to; the addition goes. */
  shifts: Map<string, { from: string; shift: number; node: NodeProto }>;
  /** Tensor -> the value below which nothing that reads it tells its values apart. */
  floors: Map<string, number>;
  /** Tensors whose every reader takes the integers, because their producer makes nothing else. */
  madeInIntegers: Set<string>;
  skipped: { name: string; reason: string }[];
};

export type SiteOptions = {
  operators: readonly string[];
  isExcluded: (node: NodeProto) => boolean;
  /** Whether additions and pooling between products are carried out in integers. */
  carries: boolean;
  /** Whether all zero points have to be in the middle. */
  isSymmetric?: boolean;
};

export function findSites(graph: GraphProto, options: SiteOptions): Sites {
  const index = indexGraph(graph);
  const dtypes = inferDtypes(graph);
  const isFloat = (name: string): boolean => dtypes.get(name) === 'float32';
  const sites: Sites = {
    products: [],
    carriers: [],
    tensors: [],
    sharedWith: new Map(),
    constants: new Map(),
    shifts: new Map(),
    floors: new Map(),
    madeInIntegers: new Set(),
    skipped: [],
  };
  const kept = new Set<string>();
  const keep = (name: string): void => {
    if (kept.has(name)) return;
    kept.add(name);
    sites.tensors.push(name);
  };
  const makeIntegers = (name: string): void => {
    keep(name);
    sites.madeInIntegers.add(name);
  };

  for (const node of graph.nodes) {
    if (!isStandard(node) || subgraphsOf(node).length > 0) continue;
    if (options.operators.includes(node.opType)) {
      const product = readProduct(node, index, isFloat, options);
      if ('reason' in product) {
        sites.skipped.push(product);
        continue;
      }
      sites.products.push(product);
      keep(node.inputs[0] as string);
      // A matrix product can give float32; a convolution has no kernel for that.
      if (node.opType === 'Conv') makeIntegers(lastOfKernel(node, index));
      continue;
    }
    if (!options.carries || options.isExcluded(node)) continue;
    const output = node.outputs[0] ?? '';
    const constants = singleConstants(node, index);
    const data = dataInputs(node).filter((name) => !constants.has(name));
    if (!isFloat(output) || data.length === 0 || !data.every((name) => kept.has(name))) continue;
    if (RESCALING.has(node.opType)) {
      sites.carriers.push(node);
      for (const [name, value] of constants) sites.constants.set(name, value);
      makeIntegers(lastOfKernel(node, index));
    } else if (MOVING.has(node.opType) || isNearestResize(node)) {
      sites.carriers.push(node);
      for (const name of node.outputs.filter(isFloat)) {
        makeIntegers(name);
        sites.sharedWith.set(name, sites.sharedWith.get(data[0] as string) ?? (data[0] as string));
      }
    }
  }
  shareWithConcat(sites, index);
  if (!options.isSymmetric) absorbShifts(sites, index);
  for (const name of sites.tensors) {
    const floor = hardSwishFloor(name, index);
    if (floor !== null) sites.floors.set(name, floor);
  }
  return sites;
}

/** Inputs of additions and products that are one constant value. */
function singleConstants({ opType, inputs }: NodeProto, index: GraphIndex): Map<string, number> {
  if (opType !== 'Add' && opType !== 'Mul') return new Map();
  const found = new Map<string, number>();
  for (const name of inputs) {
    const tensor = index.constantOf(name);
    if (!tensor || elementCount(tensor) !== 1 || requireElementType(tensor) !== 'float32') continue;
    const [value = NaN] = floatsOf(tensor);
    if (Number.isFinite(value)) found.set(name, value);
  }
  return found;
}

/** Inputs that hold what is computed on; shapes, axes and sizes are left out. */
function dataInputs(node: NodeProto): string[] {
  if (node.opType === 'Add' || node.opType === 'Mul' || node.opType === 'Concat') return node.inputs;
  return node.inputs.slice(0, 1);
}

/** Regions beyond the edges of an image are filled with a value that the range of the image need not hold. */
function isNearestResize(node: NodeProto): boolean {
  return (
    node.opType === 'Resize' &&
    textAttribute(node, 'mode', 'nearest') === 'nearest' &&
    textAttribute(node, 'coordinate_transformation_mode', 'half_pixel') !== 'tf_crop_and_resize'
  );
}

function readProduct(
  node: NodeProto,
  index: GraphIndex,
  isFloat: (name: string) => boolean,
  options: SiteOptions,
): Product | { name: string; reason: string } {
  const name = nodeLabel(node);
  const skip = (reason: string) => ({ name, reason });
  if (options.isExcluded(node)) return skip('it is excluded');
  const [input = '', weightName = '', biasName = ''] = node.inputs;
  const weight = index.constantOf(weightName);
  if (!weight) return skip('its weight is not constant');
  if (requireElementType(weight) !== 'float32' || !isFloat(input)) return skip('it is not float32');
  if (elementCount(weight) === 0) return skip('its weight has no elements');
  if (index.constantOf(input)) return skip('its input is constant');
  const bias = biasName === '' ? null : index.constantOf(biasName);
  if (bias === undefined) return skip('its bias is not constant');
  const reason = reasonAgainstIntegers(weight);
  if (reason !== null) return skip(`its weight ${reason}`);
  if (bias && !isFiniteWeight(bias)) return skip('its bias holds values that are not finite');
  switch (node.opType) {
    case 'Conv':
      return { node, name, input, weight, bias, channelAxis: 0 };
    case 'MatMul':
      return weight.dims.length === 2
        ? { node, name, input, weight, bias: null, channelAxis: 1 }
        : skip('its weight is not a matrix');
    case 'Gemm': {
      const isPlain = floatAttribute(node, 'alpha', 1) === 1 && floatAttribute(node, 'beta', 1) === 1;
      if (!isPlain || intAttribute(node, 'transA', 0) === 1) return skip('it scales or transposes its input');
      const channelAxis = intAttribute(node, 'transB', 0) === 1 ? 0 : 1;
      const row = bias && rowOf(bias, weight.dims[channelAxis] as number);
      if (bias && !row) return skip('its bias is not one value for each output');
      return { node, name, input, weight, bias: row, channelAxis };
    }
    default:
      return skip('it is no product with a weight');
  }
}

/** A bias of one value for each output, `[N]`, `[1, N]`, or one for all of them, as `[N]`; null for one that differs by row. */
function rowOf(bias: TensorProto, count: number): TensorProto | null {
  const [size = 1, ...others] = bias.dims.toReversed();
  if (others.some((rows) => rows !== 1) || (size !== 1 && size !== count)) return null;
  if (bias.dims.length === 1 && size === count) return bias;
  const values = floatsOf(bias);
  return tensorFrom(
    bias.name,
    'float32',
    [count],
    size === count ? values : new Float32Array(count).fill(values[0] as number),
  );
}
