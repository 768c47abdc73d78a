import { clipOf } from '../../onnx/clip-of.ts';
import type { GraphIndex } from '../../onnx/graph-index.ts';
import type { NodeProto } from '../../onnx/ir.ts';
import { affineOf } from '../simplify/affine-of.ts';

/**
 * Of x in x · max(0, x + c): values below −c all give zero, so no integers need be spent on them.
 * @returns −c, or null where anything else reads the tensor
 */
export function hardSwishFloor(name: string, index: GraphIndex): number | null {
  const readers = index.consumersOf(name);
  const addition = readers.find(({ opType }) => opType === 'Add');
  const product = readers.find(({ opType }) => opType === 'Mul');
  if (readers.length !== 2 || !addition || !product || index.isOutput(name)) return null;
  const affine = affineOf(addition, name, { index, channels: null });
  const sum = addition.outputs[0] ?? '';
  const [clip, ...others] = index.consumersOf(sum);
  if (!affine || !clip || others.length > 0 || index.isOutput(sum) || !startsAtZero(clip, index)) return null;
  const gate = clip.outputs[0] ?? '';
  const isRead = product.inputs.includes(gate) && product.inputs.includes(name) && index.consumersOf(gate).length === 1;
  return isRead && !index.isOutput(gate) && gate !== name ? -(affine.shift[0] as number) : null;
}

function startsAtZero(node: NodeProto, index: GraphIndex): boolean {
  return node.opType === 'Relu' || (node.opType === 'Clip' && clipOf(node, index).minimum === 0);
}
