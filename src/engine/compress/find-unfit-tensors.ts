/** Tensors that lose their meaning in float16, told from how large they get. */
import { intAttribute } from '../onnx/attributes.ts';
import { isStandard } from '../onnx/infer-shapes.ts';
import type { GraphProto, NodeProto } from '../onnx/ir.ts';
import type { Magnitude } from './calibration/observe-magnitudes.ts';

/** From here on float16 rounds to infinity: half a step beyond 65504, its largest number. */
const INFINITE_FROM = 65_520;
/** Float16 has 11 significant bits from here on. Below it has fewer, and a GPU may take all of it for zero. */
const SMALLEST_NORMAL = 2 ** -14;
const LARGEST_SQUARED = Math.sqrt(INFINITE_FROM);

export type UnfitReason = 'too-large' | 'squares-too-large' | 'too-small';
/** @param value the magnitude that says so: the largest of all items, or that of the item with the smallest values */
export type UnfitTensor = { name: string; reason: UnfitReason; value: number };

/** @param tensors of this graph; those that are not in it were not looked at */
export function findUnfitTensors(graph: GraphProto, tensors: ReadonlyMap<string, Magnitude>): UnfitTensor[] {
  const squared = new Set(graph.nodes.filter(isStandard).map(squaredTensor));
  const found: UnfitTensor[] = [];
  for (const [name, { highest, faintest }] of tensors) {
    if (highest >= INFINITE_FROM) found.push({ name, reason: 'too-large', value: highest });
    else if (squared.has(name) && highest >= LARGEST_SQUARED)
      found.push({ name, reason: 'squares-too-large', value: highest });
    else if (faintest > 0 && faintest < SMALLEST_NORMAL) found.push({ name, reason: 'too-small', value: faintest });
  }
  return found;
}

/** The tensor whose squares a node adds up in its own type; layer normalizations say that they do it in float32. */
function squaredTensor(node: NodeProto): string {
  switch (node.opType) {
    case 'ReduceL2':
      return node.outputs[0] ?? '';
    case 'LpNormalization':
      return intAttribute(node, 'p', 2) === 2 ? (node.inputs[0] ?? '') : '';
    case 'InstanceNormalization':
    case 'MeanVarianceNormalization':
      return node.inputs[0] ?? '';
    case 'GroupNormalization':
    case 'LayerNormalization':
    case 'RMSNormalization':
      return intAttribute(node, 'stash_type', 1) === 1 ? '' : (node.inputs[0] ?? '');
    default:
      return '';
  }
}
