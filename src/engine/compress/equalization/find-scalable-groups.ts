/**
 * Tensors whose channels can be rescaled without changing what the model computes: whoever makes them can divide each
 * channel by a factor, whoever reads them can multiply it back, and all between commutes with positive factors.
 * Source: Nagel et al. 2019, "Data-free quantization through weight equalization and bias correction", section 4.1; here a
 * group is not a pair of layers but all that share a tensor, so that residual connections take part.
 */
import { intAttribute, intsAttribute } from '../../onnx/attributes.ts';
import { type GraphIndex, indexGraph } from '../../onnx/graph-index.ts';
import { clipOf } from '../../onnx/clip-of.ts';
import { inferShapes, isStandard } from '../../onnx/infer-shapes.ts';
import type { GraphProto, NodeProto, TensorProto } from '../../onnx/ir.ts';
import { elementCount } from '../../onnx/element-count.ts';
import { requireElementType } from '../../onnx/tensor-contents.ts';
import { subgraphsOf } from '../../onnx/walk-model.ts';
import { findImages } from '../calibration/find-images.ts';

/** A constant of a node, whose channel along an axis is divided (in the maker) or multiplied (in the reader). */
export type ScaledConstant = { node: NodeProto; inputIndex: number; tensor: TensorProto; role: 'maker' | 'reader' };

export type ScalableGroup = {
  channelCount: number;
  tensors: string[];
  constants: ScaledConstant[];
  /** Outputs of a Clip from 0 to this value: their channels may only be made larger, up to it. */
  clips: { output: string; maximum: number }[];
};

const HOMOGENEOUS = new Set(['Relu', 'LeakyRelu', 'MaxPool', 'AveragePool', 'GlobalAveragePool']);
const REARRANGING = new Set(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose']);

export function findScalableGroups(graph: GraphProto): ScalableGroup[] {
  const index = indexGraph(graph);
  const keepsLastAxis = createLastAxisCheck(graph);
  const parents = new Map<string, string>();
  const rootOf = (name: string): string => {
    let root = name;
    while (parents.has(root)) root = parents.get(root) as string;
    return root;
  };
  const join = (first: string, second: string): void => {
    const [a, b] = [rootOf(first), rootOf(second)];
    if (a !== b) parents.set(b, a);
  };
  const blocked = new Set<string>();
  const constants: { tensor: string; constant: ScaledConstant; channelCount: number }[] = [];
  const clips: ScalableGroup['clips'] = [];
  const pooled = new Set<string>();

  for (const node of graph.nodes) {
    const [input = '', second = ''] = node.inputs;
    const [output = ''] = node.outputs;
    const weights = readWeights(node, index);
    if (weights) {
      if (weights.reader) constants.push({ tensor: input, ...weights.reader });
      else blocked.add(input);
      for (const constant of weights.makers) constants.push({ tensor: output, ...constant });
      if (weights.makers.length === 0) blocked.add(output);
    } else if (isStandard(node) && HOMOGENEOUS.has(node.opType) && node.outputs.length === 1) {
      join(input, output);
      if (node.opType === 'GlobalAveragePool') pooled.add(output);
    } else if (isStandard(node) && node.opType === 'Clip' && readClip(node, index) !== null) {
      join(input, output);
      clips.push({ output, maximum: readClip(node, index) as number });
    } else if (isStandard(node) && node.opType === 'Add' && !index.constantOf(input) && !index.constantOf(second)) {
      join(input, output);
      join(second, output);
    } else if (
      isStandard(node) &&
      node.opType === 'Flatten' &&
      pooled.has(input) &&
      intAttribute(node, 'axis', 1) === 1
    ) {
      // Of shape [batch, channels, 1, 1]: its channels stay apart.
      join(input, output);
    } else if (isStandard(node) && REARRANGING.has(node.opType) && keepsLastAxis(node)) {
      join(input, output);
    } else {
      for (const name of [...node.inputs, ...node.outputs]) blocked.add(name);
      for (const inner of subgraphsOf(node)) {
        for (const { inputs } of inner.nodes) for (const name of inputs) blocked.add(name);
        for (const { name } of inner.outputs) blocked.add(name);
      }
    }
  }
  for (const { name } of [...graph.inputs, ...graph.outputs]) blocked.add(name);
  const blockedRoots = new Set([...blocked].map(rootOf));
  const groups = new Map<string, ScalableGroup>();
  for (const { tensor, constant, channelCount } of constants) {
    const root = rootOf(tensor);
    if (blockedRoots.has(root)) continue;
    const group = groups.get(root) ?? { channelCount, tensors: [], constants: [], clips: [] };
    groups.set(root, group);
    // Additions that broadcast channels.
    if (group.channelCount !== channelCount) blockedRoots.add(root);
    group.constants.push(constant);
  }
  const names = new Set(graph.nodes.flatMap(({ outputs }) => outputs));
  for (const name of names) groups.get(rootOf(name))?.tensors.push(name);
  for (const clip of clips) groups.get(rootOf(clip.output))?.clips.push(clip);
  return [...groups].flatMap(([root, group]) => (blockedRoots.has(root) ? [] : [group]));
}

/** @returns whether a node that only rearranges its input leaves the channels of the last axis as they are */
function createLastAxisCheck(graph: GraphProto): (node: NodeProto) => boolean {
  if (!graph.nodes.some(({ opType }) => REARRANGING.has(opType))) return () => false;
  const images = findImages(graph);
  const shapes = inferShapes(graph, { batchSize: 1 });
  return (node) => {
    const [given = '', made = ''] = [node.inputs[0], node.outputs[0]];
    const [before, after] = [shapes.get(given)?.dims, shapes.get(made)?.dims];
    const channelCount = before?.at(-1);
    // Those of images are not last.
    if (!before || !channelCount || after?.at(-1) !== channelCount || images.has(given) || images.has(made))
      return false;
    return node.opType !== 'Transpose' || intsAttribute(node, 'perm')?.at(-1) === before.length - 1;
  };
}

type Weights = {
  makers: { constant: ScaledConstant; channelCount: number }[];
  /** Undefined: it reads its input in a way that cannot be rescaled. */
  reader: { constant: ScaledConstant; channelCount: number } | undefined;
};

function readWeights(node: NodeProto, index: GraphIndex): Weights | null {
  if (!isStandard(node)) return null;
  const constant = (inputIndex: number): TensorProto | undefined => {
    const name = node.inputs[inputIndex] ?? '';
    const tensor = name === '' ? undefined : index.constantOf(name);
    return tensor && requireElementType(tensor) === 'float32' ? tensor : undefined;
  };
  const weight = constant(1);
  // One that several products use would have to be stored once for each.
  if (weight && weight.dims.length > 1 && index.consumersOf(node.inputs[1] ?? '').length > 1) {
    return { makers: [], reader: undefined };
  }
  const hasBias = (node.inputs[2] ?? '') !== '';
  const bias = constant(2);
  const made = (channelCount: number): Weights['makers'] => {
    const isRow = bias && elementCount(bias) === channelCount && bias.dims.at(-1) === channelCount;
    if (!weight || (hasBias && !isRow)) return [];
    const scaled = [{ inputIndex: 1, tensor: weight }, ...(bias ? [{ inputIndex: 2, tensor: bias }] : [])];
    return scaled.map((item) => ({ constant: { ...item, node, role: 'maker' as const }, channelCount }));
  };
  const read = (channelCount: number): Weights['reader'] =>
    weight && { constant: { node, inputIndex: 1, tensor: weight, role: 'reader' }, channelCount };
  switch (node.opType) {
    case 'Conv': {
      if (!weight) return null;
      const [outputs = 0, inputsPerGroup = 0] = weight.dims;
      return { makers: made(outputs), reader: read(inputsPerGroup * intAttribute(node, 'group', 1)) };
    }
    case 'Gemm': {
      if (!weight || intAttribute(node, 'transA', 0) === 1) return null;
      const isTransposed = intAttribute(node, 'transB', 0) === 1;
      return {
        makers: made(weight.dims[isTransposed ? 0 : 1] ?? 0),
        reader: read(weight.dims[isTransposed ? 1 : 0] ?? 0),
      };
    }
    case 'MatMul':
      // What follows a product without bias is seldom homogeneous: its output is left alone.
      return weight?.dims.length === 2 ? { makers: [], reader: read(weight.dims[0] as number) } : null;
    case 'LayerNormalization': {
      const isLast = intAttribute(node, 'axis', -1) === -1 && weight?.dims.length === 1 && node.outputs.length === 1;
      return isLast ? { makers: made(elementCount(weight)), reader: undefined } : null;
    }
    default:
      return null;
  }
}

/** The upper end of a Clip that begins at 0; null for any other. */
function readClip(node: NodeProto, index: GraphIndex): number | null {
  const { minimum, maximum } = clipOf(node, index);
  return minimum === 0 && maximum !== undefined && maximum > 0 ? maximum : null;
}
