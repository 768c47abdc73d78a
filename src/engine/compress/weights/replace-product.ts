import { intAttribute } from '../../onnx/attributes.ts';
import { deferTensors } from '../../onnx/deferred-tensors.ts';
import type { GraphEditor } from '../../onnx/graph-editor.ts';
import { createAttribute, createNode, type NodeProto } from '../../onnx/ir.ts';
import { floatsOf, snapshotOf } from '../../onnx/tensor-contents.ts';
import type { Product } from '../static/find-sites.ts';
import { type BlockShape, blockCountOf, type QuantizedBlocks } from './quantize-blocks.ts';

export const MICROSOFT = 'com.microsoft';

/** The weight of a MatMul or Gemm as `[inputs, outputs]`, row-major. `read` gives what it is now, also after edits. */
export function weightAsMatrix({ node, weight }: Product): {
  inputs: number;
  outputs: number;
  read: () => Float32Array;
} {
  const source = snapshotOf(weight);
  const [rows = 0, columns = 0] = weight.dims;
  if (node.opType !== 'Gemm' || intAttribute(node, 'transB', 0) !== 1)
    return { inputs: rows, outputs: columns, read: () => floatsOf(source) };
  return { inputs: columns, outputs: rows, read: () => transpose(floatsOf(source), rows, columns) };
}

function transpose(values: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      turned[column * rows + row] = values[row * columns + column] as number;
    }
  }
  return turned;
}

/**
 * MatMulNBits in the place of the node, and its bias as an addition after it.
 * @param options.quantize gives the same on every call: it is called when the blocks are written or looked at
 */
export function replaceProduct(
  { addTensor, uniqueName, replace }: GraphEditor,
  { node, bias }: Product,
  options: { shape: BlockShape; isSymmetric: boolean; quantize: () => QuantizedBlocks; accuracyLevel: number },
): void {
  const { shape, isSymmetric, quantize, accuracyLevel } = options;
  const [input = '', weightName = '', biasName = ''] = node.inputs;
  const [output = ''] = node.outputs;
  const blockCount = blockCountOf(shape);
  const plan = (part: string, type: 'uint8' | 'float32', dims: number[]) => ({
    name: uniqueName(`${weightName}_${part}`),
    type,
    dims,
  });
  const plans = [
    plan('blocks', 'uint8', [shape.outputs, blockCount, (shape.blockSize * shape.bits) / 8]),
    plan('scales', 'float32', [shape.outputs * blockCount]),
  ];
  if (!isSymmetric)
    plans.push(plan('zero_points', 'uint8', [shape.outputs * Math.ceil((blockCount * shape.bits) / 8)]));
  const tensors = deferTensors(plans, () => {
    const { values, scales, zeroPoints } = quantize();
    return zeroPoints ? [values, scales, zeroPoints] : [values, scales];
  });
  const inputs = [input, ...tensors.map(addTensor)];
  const product = bias ? uniqueName(`${output}_product`) : output;
  const made: NodeProto[] = [
    createNode({
      opType: 'MatMulNBits',
      domain: MICROSOFT,
      name: uniqueName(`${node.name || output}_blocks`),
      inputs,
      outputs: [product],
      attributes: [
        createAttribute('K', BigInt(shape.inputs)),
        createAttribute('N', BigInt(shape.outputs)),
        createAttribute('bits', BigInt(shape.bits)),
        createAttribute('block_size', BigInt(shape.blockSize)),
        createAttribute('accuracy_level', BigInt(accuracyLevel)),
      ],
    }),
  ];
  if (bias) {
    made.push(
      createNode({
        opType: 'Add',
        name: uniqueName(`${node.name || output}_bias`),
        inputs: [product, biasName],
        outputs: [output],
      }),
    );
  }
  replace(node, ...made);
}
