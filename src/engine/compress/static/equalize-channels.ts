/**
 * Gives the channels of activations like ranges before they share one scale. A channel whose values are a tenth of the largest
 * one's has a tenth of the integers; divided by its share it has all of them, and its readers multiply it back.
 */
import { intAttribute } from '../../onnx/attributes.ts';
import type { EngineProgress, InputSource } from '#shared/engine-protocol.ts';
import { createNamer } from '../../onnx/create-namer.ts';
import { editGraph, type GraphEditor } from '../../onnx/graph-editor.ts';
import type { GraphProto, ModelProto, NodeProto } from '../../onnx/ir.ts';
import { floatsOf } from '../../onnx/tensor-contents.ts';
import { collectActivations } from '../calibration/collect-activations.ts';
import { findScalableGroups, type ScalableGroup, type ScaledConstant } from './scalable-groups.ts';

/** A channel is made at most so many times larger. */
const LARGEST_GAIN = 64;
/** Room for values that calibration did not see, where a Clip would cut them off. */
const CLIP_ROOM = 1.1;
/** Enough to tell large channels from small ones. */
const ITEM_COUNT = 64;

/**
 * @param strength 1 makes all ranges alike; below, the readers' weights are kept more alike instead
 * @returns how many groups of tensors were equalized
 */
export async function equalizeChannels(
  model: ModelProto,
  strength: number,
  context: { inputs: InputSource; onProgress: (progress: EngineProgress) => void },
): Promise<number> {
  const graph = model.graph as GraphProto;
  const groups = findScalableGroups(graph);
  if (groups.length === 0) return 0;
  const magnitudes = await measureMagnitudes(model, groups, context);
  const editor = editGraph(graph, createNamer(model));
  for (const group of groups) {
    const factors = chooseFactors(group, magnitudes, strength);
    for (const constant of group.constants) rescale(editor, constant, factors);
  }
  editor.removeUnused();
  return groups.length;
}

async function measureMagnitudes(
  model: ModelProto,
  groups: readonly ScalableGroup[],
  context: { inputs: InputSource; onProgress: (progress: EngineProgress) => void },
): Promise<Map<string, Float64Array>> {
  const counts = new Map(groups.flatMap(({ tensors, channelCount }) => tensors.map((name) => [name, channelCount])));
  const largest = new Map<string, Float64Array>();
  await collectActivations({
    model,
    tensorNames: [...counts.keys()],
    itemLimit: ITEM_COUNT,
    ...context,
    look(name, values, dims) {
      const count = counts.get(name) as number;
      const found = largest.get(name) ?? new Float64Array(count);
      largest.set(name, found);
      // Images have their channels second, sequences last.
      const inner = dims.length === 4 || dims.length === 5 ? values.length / ((dims[0] as number) * count) : 1;
      for (let start = 0; start < values.length; start += inner) {
        const channel = (start / inner) % count;
        let magnitude = found[channel] as number;
        for (let index = start; index < start + inner; index += 1) {
          const value = Math.abs(values[index] as number);
          if (value > magnitude) magnitude = value;
        }
        found[channel] = magnitude;
      }
    },
  });
  return largest;
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
  const after = Float32Array.from(before, (value, index) => {
    const factor = factors[channelOf(index)] as number;
    return role === 'maker' ? value / factor : value * factor;
  });
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
