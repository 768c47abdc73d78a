import { intAttribute } from '../../onnx/attributes.ts';
import { createAttribute, createNode, type GraphProto, type NodeProto } from '../../onnx/ir.ts';
import { floatsOf, tensorFrom } from '../../onnx/tensor-contents.ts';
import type { Product } from '../static/find-sites.ts';
import { type BlockShape, blockCountOf, type QuantizedBlocks } from './quantize-blocks.ts';

export const MICROSOFT = 'com.microsoft';

/** The weight of a MatMul or Gemm as `[inputs, outputs]`, row-major. */
export function weightAsMatrix({ node, weight }: Product): { values: Float32Array; inputs: number; outputs: number } {
  const values = floatsOf(weight);
  const [rows = 0, columns = 0] = weight.dims;
  if (node.opType !== 'Gemm' || intAttribute(node, 'transB', 0) !== 1)
    return { values, inputs: rows, outputs: columns };
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      turned[column * rows + row] = values[row * columns + column] as number;
    }
  }
  return { values: turned, inputs: columns, outputs: rows };
}

/** MatMulNBits in the place of the node, and its bias as an addition after it. */
export function replaceProduct(
  graph: GraphProto,
  { node, bias }: Product,
  blocks: QuantizedBlocks,
  options: { shape: BlockShape; accuracyLevel: number; uniqueName: (wish: string) => string },
): void {
  const { shape, accuracyLevel, uniqueName } = options;
  const [input = '', weightName = '', biasName = ''] = node.inputs;
  const [output = ''] = node.outputs;
  const blockCount = blockCountOf(shape);
  const add = (part: string, type: 'uint8' | 'float32', dims: number[], values: ArrayBufferView): string => {
    const tensor = tensorFrom(uniqueName(`${weightName}_${part}`), type, dims, values);
    graph.initializers.push(tensor);
    return tensor.name;
  };
  const inputs = [
    input,
    add('blocks', 'uint8', [shape.outputs, blockCount, (shape.blockSize * shape.bits) / 8], blocks.values),
    add('scales', 'float32', [shape.outputs * blockCount], blocks.scales),
  ];
  if (blocks.zeroPoints) inputs.push(add('zero_points', 'uint8', [blocks.zeroPoints.length], blocks.zeroPoints));
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
  graph.nodes = graph.nodes.flatMap((candidate) => (candidate === node ? made : [candidate]));
}
