import { mapTensor } from '../../onnx/deferred-tensors.ts';
import { createNamer } from '../../onnx/create-namer.ts';
import { editGraph, type GraphEditor } from '../../onnx/graph-editor.ts';
import type { GraphProto, ModelProto } from '../../onnx/ir.ts';
import { boundProduct } from '../../onnx/weight-magnitudes.ts';
import type { GroupFactors } from './choose-factors.ts';
import { channelScaler } from './constant-channels.ts';
import type { ScaledConstant } from './find-scalable-groups.ts';

/**
 * Divides the channels of groups by their factors: in the constants of whoever makes them, and back in those of whoever reads them.
 * @returns for each tensor of these groups what its channels are divided by now
 */
export function rescaleGroups(model: ModelProto, factors: GroupFactors): Map<string, Float64Array> {
  const editor = editGraph(model.graph as GraphProto, createNamer(model));
  const divisors = new Map<string, Float64Array>();
  for (const [group, own] of factors) {
    if (own.every((factor) => factor === 1)) continue;
    for (const constant of group.constants) rescale(editor, constant, own);
    for (const name of group.tensors) divisors.set(name, own);
  }
  editor.removeUnused();
  return divisors;
}

function rescale(editor: GraphEditor, constant: ScaledConstant, factors: Float64Array): void {
  const { node, inputIndex, role } = constant;
  const name = node.inputs[inputIndex] ?? '';
  // A weight can be rescaled twice: by what it reads and by what it makes.
  const tensor = editor.constantOf(name) ?? constant.tensor;
  const divides = role === 'maker';
  const scale = channelScaler({ ...constant, tensor }, { factors, divides });
  const scaled = mapTensor(editor.uniqueName(`${name}_equalized`), tensor, scale);
  boundProduct(
    scaled,
    tensor,
    factors.reduce((largest, factor) => Math.max(largest, divides ? 1 / factor : factor), 0),
  );
  editor.update(node, { inputs: node.inputs.with(inputIndex, editor.addTensor(scaled)) });
}
