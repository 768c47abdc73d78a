/** Operators that compute with weights in blocks, in the place of those with float32 weights. */
import { MICROSOFT } from '../import-domain.ts';
import { deferTensors } from '../../onnx/deferred-tensors.ts';
import type { GraphEditor } from '../../onnx/graph-editor.ts';
import { createAttribute, createNode, type NodeProto, type TensorProto } from '../../onnx/ir.ts';
import { type BlockShape, blockCountOf, type QuantizedBlocks } from './blocks.ts';
import type { WeightUse } from './find-weights.ts';

/** Names of the tensors of one weight. */
export type StoredBlocks = { values: string; scales: string; zeroPoints: string | null };

type Storage = {
  root: GraphEditor;
  wish: string;
  shape: BlockShape;
  isSymmetric: boolean;
  /** Gives the same on every call: it is called when the blocks are written or looked at. */
  quantize: () => QuantizedBlocks;
};

/** As MatMulNBits takes them. They stand in the main graph, where subgraphs find them too. */
export function storeBlocks({ root, wish, shape, isSymmetric, quantize }: Storage): StoredBlocks {
  const { outputs, blockSize, bits } = shape;
  const blockCount = blockCountOf(shape);
  return store(root, wish, isSymmetric, quantize, {
    values: [outputs, blockCount, (blockSize * bits) / 8],
    scales: [outputs * blockCount],
    zeroPoints: [outputs * Math.ceil((blockCount * bits) / 8)],
  });
}

/**
 * Blocks of a product, shaped as GatherBlockQuantized takes them, for a table that is its weight too. The bytes are the same where rows fill their
 * last block; ONNX Runtime folds the Reshape as it loads.
 */
export function shapeAsTable(
  root: GraphEditor,
  { values, scales, zeroPoints }: StoredBlocks,
  shape: BlockShape,
): StoredBlocks {
  const { outputs, inputs, bits } = shape;
  const blockCount = blockCountOf(shape);
  const reshape = (name: string, rowSize: number): string => {
    const sizes = root.addWeight(`${name}_rows`, 'int64', [2], BigInt64Array.of(BigInt(outputs), BigInt(rowSize)));
    const output = root.uniqueName(`${name}_as_table`);
    root.prepend(createNode({ opType: 'Reshape', name: output, inputs: [name, sizes], outputs: [output] }));
    return output;
  };
  return {
    values: reshape(values, (inputs * bits) / 8),
    scales: reshape(scales, blockCount),
    zeroPoints: zeroPoints === null ? null : reshape(zeroPoints, Math.ceil((blockCount * bits) / 8)),
  };
}

/** As GatherBlockQuantized takes them: rows without what fills up their last block. */
export function storeTable({ root, wish, shape, isSymmetric, quantize }: Storage): StoredBlocks {
  const { inputs, outputs, blockSize, bits } = shape;
  const blockCount = blockCountOf(shape);
  const rowBytes = (inputs * bits) / 8;
  const filledBytes = (blockCount * blockSize * bits) / 8;
  const cut = (): QuantizedBlocks => {
    const blocks = quantize();
    if (rowBytes === filledBytes) return blocks;
    const values = new Uint8Array(outputs * rowBytes);
    for (let row = 0; row < outputs; row += 1) {
      values.set(blocks.values.subarray(row * filledBytes, row * filledBytes + rowBytes), row * rowBytes);
    }
    return { ...blocks, values };
  };
  return store(root, wish, isSymmetric, cut, {
    values: [outputs, rowBytes],
    scales: [outputs, blockCount],
    zeroPoints: [outputs, Math.ceil((blockCount * bits) / 8)],
  });
}

function store(
  root: GraphEditor,
  wish: string,
  isSymmetric: boolean,
  quantize: () => QuantizedBlocks,
  dims: { values: number[]; scales: number[]; zeroPoints: number[] },
): StoredBlocks {
  const plans = [
    { name: root.uniqueName(`${wish}_blocks`), type: 'uint8', dims: dims.values } as const,
    { name: root.uniqueName(`${wish}_scales`), type: 'float32', dims: dims.scales } as const,
    ...(isSymmetric
      ? []
      : [{ name: root.uniqueName(`${wish}_zero_points`), type: 'uint8', dims: dims.zeroPoints } as const]),
  ];
  const tensors: TensorProto[] = deferTensors(plans, () => {
    const { values, scales, zeroPoints } = quantize();
    return zeroPoints ? [values, scales, zeroPoints] : [values, scales];
  });
  const [values = '', scales = '', zeroPoints = null] = tensors.map(root.addTensor);
  return { values, scales, zeroPoints };
}

/** MatMulNBits in the place of the node, and its bias as an addition after it. */
export function replaceProduct(
  { editor, node }: WeightUse,
  { values, scales, zeroPoints }: StoredBlocks,
  { shape, accuracyLevel }: { shape: BlockShape; accuracyLevel: number },
): void {
  const [input = '', , bias = ''] = node.inputs;
  const [output = ''] = node.outputs;
  const product = bias === '' ? output : editor.uniqueName(`${output}_product`);
  const made: NodeProto[] = [
    createNode({
      opType: 'MatMulNBits',
      domain: MICROSOFT,
      name: editor.uniqueName(`${node.name || output}_blocks`),
      inputs: zeroPoints === null ? [input, values, scales] : [input, values, scales, zeroPoints],
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
  if (bias !== '') {
    made.push(
      createNode({
        opType: 'Add',
        name: editor.uniqueName(`${node.name || output}_bias`),
        inputs: [product, bias],
        outputs: [output],
      }),
    );
  }
  editor.replace(node, ...made);
}

/**
 * GatherBlockQuantized in the place of a Gather of rows.
 * Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.GatherBlockQuantized
 */
export function replaceGather(
  { editor, node }: WeightUse,
  { values, scales, zeroPoints }: StoredBlocks,
  { bits, blockSize }: BlockShape,
): void {
  const [, indices = ''] = node.inputs;
  editor.replace(
    node,
    createNode({
      opType: 'GatherBlockQuantized',
      domain: MICROSOFT,
      name: editor.uniqueName(`${node.name || node.outputs[0]}_blocks`),
      inputs: zeroPoints === null ? [values, indices, scales] : [values, indices, scales, zeroPoints],
      outputs: node.outputs,
      attributes: [
        createAttribute('bits', BigInt(bits)),
        createAttribute('block_size', BigInt(blockSize)),
        createAttribute('gather_axis', 0n),
        createAttribute('quantize_axis', 1n),
      ],
    }),
  );
}
