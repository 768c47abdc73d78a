import { intAttribute } from '../../onnx/attributes.ts';
import type { NodeProto } from '../../onnx/ir.ts';
import type { ScaledConstant } from './find-scalable-groups.ts';

/** Of which channel an element of a constant is: of the output that it makes, or of the input that it is multiplied by. */
export function channelOfElement({
  node,
  inputIndex,
  role,
  tensor: { dims },
}: Pick<ScaledConstant, 'node' | 'inputIndex' | 'role' | 'tensor'>): (index: number) => number {
  return role === 'maker' ? madeChannel(node, inputIndex, dims) : readChannel(node, dims);
}

function madeChannel(node: NodeProto, inputIndex: number, dims: readonly number[]): (index: number) => number {
  const isAlongRows = node.opType === 'Gemm' && inputIndex === 1 && intAttribute(node, 'transB', 0) !== 1;
  const inner = isAlongRows ? 1 : dims.slice(1).reduce((product, size) => product * size, 1);
  const count = isAlongRows ? (dims[1] as number) : (dims[0] as number);
  return (index) => Math.floor(index / inner) % count;
}

function readChannel(node: NodeProto, dims: readonly number[]): (index: number) => number {
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
