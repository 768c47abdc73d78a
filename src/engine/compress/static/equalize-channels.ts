/**
 * Gives the channels of activations like ranges before they share one scale. A channel whose values are a tenth of the largest
 * one's has a tenth of the integers; divided by its share it has all of them, and its readers multiply it back.
 */
import { intAttribute } from '../../onnx/attributes.ts';
import { createNamer } from '../../onnx/create-namer.ts';
import { editGraph, type GraphEditor } from '../../onnx/graph-editor.ts';
import type { GraphProto, ModelProto, NodeProto } from '../../onnx/ir.ts';
import { floatsOf } from '../../onnx/tensor-contents.ts';
import type { ActivationSample } from '../calibration/activation-sample.ts';
import type { ScalableGroup, ScaledConstant } from './scalable-groups.ts';

/** A channel is made at most so many times larger. */
const LARGEST_GAIN = 64;
/** Room for values that calibration did not see, where a Clip would cut them off. */
const CLIP_ROOM = 1.1;
/** For each tensor of an equalized group what its channels were divided by. */
export type ChannelFactors = Map<string, Float64Array>;

/**
 * @param samples of the tensors that will be quantized; others do not count
 * @param strength 1 makes all ranges alike; below, the readers' weights are kept more alike instead
 */
export function equalizeChannels(
  model: ModelProto,
  groups: readonly ScalableGroup[],
  samples: ReadonlyMap<string, ActivationSample>,
  strength: number,
): ChannelFactors {
  const graph = model.graph as GraphProto;
  const factorsOf: ChannelFactors = new Map();
  const editor = editGraph(graph, createNamer(model));
  for (const group of groups) {
    const peaks = new Map<string, Float64Array>();
    for (const name of group.tensors) {
      const sample = samples.get(name);
      if (sample?.channelCount === group.channelCount) peaks.set(name, peaksOf(sample));
    }
    if (peaks.size === 0) continue;
    const factors = chooseFactors(group, peaks, strength);
    for (const constant of group.constants) rescale(editor, constant, factors);
    for (const name of group.tensors) factorsOf.set(name, factors);
  }
  editor.removeUnused();
  return factorsOf;
}

function peaksOf({ highest, lowest }: ActivationSample): Float64Array {
  return highest.map((high, channel) => Math.max(high, -(lowest[channel] as number)));
}

/** One factor for each channel, the largest 1: channels are divided by it. */
function chooseFactors(
  group: ScalableGroup,
  magnitudes: ReadonlyMap<string, Float64Array>,
  strength: number,
): Float64Array {
  const shares = new Float64Array(group.channelCount);
  for (const name of group.tensors) {
    const own = magnitudes.get(name);
    if (!own) continue;
    const top = own.reduce((most, value) => Math.max(most, value), 0);
    if (top === 0) continue;
    for (let channel = 0; channel < own.length; channel += 1) {
      shares[channel] = Math.max(shares[channel] as number, (own[channel] as number) / top);
    }
  }
  const factors = shares.map((share) => (share === 0 ? 1 : Math.max(1 / LARGEST_GAIN, share ** strength)));
  for (const { output, maximum } of group.clips) {
    const own = magnitudes.get(output);
    for (let channel = 0; channel < factors.length; channel += 1) {
      const least = Math.min(1, ((own?.[channel] ?? maximum) * CLIP_ROOM) / maximum);
      factors[channel] = Math.max(factors[channel] as number, least);
    }
  }
  return factors;
}

function rescale(
  editor: GraphEditor,
  { node, inputIndex, role, tensor: given }: ScaledConstant,
  factors: Float64Array,
): void {
  const name = node.inputs[inputIndex] ?? '';
  // A weight can be rescaled twice: by what it reads and by what it makes.
  const tensor = editor.constantOf(name) ?? given;
  const before = floatsOf(tensor);
  const channelOf = role === 'maker' ? makerChannel(node, inputIndex, tensor.dims) : readerChannel(node, tensor.dims);
  const after = new Float32Array(before.length);
  for (let index = 0; index < after.length; index += 1) {
    const factor = factors[channelOf(index)] as number;
    after[index] = role === 'maker' ? (before[index] as number) / factor : (before[index] as number) * factor;
  }
  const scaled = editor.addWeight(`${name}_equalized`, 'float32', tensor.dims, after);
  editor.update(node, { inputs: node.inputs.with(inputIndex, scaled) });
}

/** Of which output channel an element of a weight or bias is. */
function makerChannel(node: NodeProto, inputIndex: number, dims: readonly number[]): (index: number) => number {
  const isAlongRows = node.opType === 'Gemm' && inputIndex === 1 && intAttribute(node, 'transB', 0) !== 1;
  const inner = isAlongRows ? 1 : dims.slice(1).reduce((product, size) => product * size, 1);
  const count = isAlongRows ? (dims[1] as number) : (dims[0] as number);
  return (index) => Math.floor(index / inner) % count;
}

/** By which input channel an element of a weight is multiplied. */
function readerChannel(node: NodeProto, dims: readonly number[]): (index: number) => number {
  const [first = 1, second = 1] = dims;
  if (node.opType !== 'Conv') {
    const isTransposed = node.opType === 'Gemm' && intAttribute(node, 'transB', 0) === 1;
    return isTransposed ? (index) => index % second : (index) => Math.floor(index / second);
  }
  const outputsPerGroup = first / intAttribute(node, 'group', 1);
  const inner = dims.slice(2).reduce((product, size) => product * size, 1);
  return (index) => {
    const output = Math.floor(index / (second * inner));
    return Math.floor(output / outputsPerGroup) * second + (Math.floor(index / inner) % second);
  };
}
