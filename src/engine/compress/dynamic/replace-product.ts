/**
 * Replaces products with constant weights by integer products:
 *
 *   DynamicQuantizeLinear(x) -> MatMulInteger or ConvInteger -> Cast to float32 -> Mul by scale(x) * scale(w) -> Add bias
 *
 * The shape of this chain is the one that ONNX Runtime fuses to MatMulIntegerToFloat and DynamicQuantizeMatMul.
 */
import { deferTensors } from '../../onnx/deferred-tensors.ts';
import { ELEMENT_TYPES } from '../../onnx/element-types.ts';
import type { GraphEditor } from '../../onnx/graph-editor.ts';
import { createAttribute, createNode, type NodeProto, type TensorProto } from '../../onnx/ir.ts';
import { snapshotOf, withFloats } from '../../onnx/tensor-contents.ts';
import { type IntegerType, quantizeWeight } from '../quantize-weight.ts';

/** Transposed: stored as `[outputs, inputs]`. */
export type Product = { kind: 'MatMul' | 'Gemm' | 'Conv'; weight: TensorProto; isTransposed: boolean; bias: string };

type Options = { weightType: IntegerType; perChannel: boolean; isReduced: boolean };

/** For one graph, whose products share what quantizes the tensors that they read. */
export function createReplacer(editor: GraphEditor, options: Options) {
  const { uniqueName, addWeight } = editor;
  let made: NodeProto[] = [];
  const quantizedInputs = new Map<string, [values: string, scale: string, zeroPoint: string]>();
  const add = (
    opType: string,
    name: string,
    inputs: string[],
    outputs: string[],
    attributes = [] as NodeProto['attributes'],
  ): void => {
    made.push(createNode({ opType, name: uniqueName(name), inputs, outputs, attributes }));
  };
  const quantizeInput = (input: string): [string, string, string] => {
    const known = quantizedInputs.get(input);
    if (known) return known;
    const outputs: [string, string, string] = [
      uniqueName(`${input}_quantized`),
      uniqueName(`${input}_scale`),
      uniqueName(`${input}_zero_point`),
    ];
    add('DynamicQuantizeLinear', `${input}_quantize`, [input], outputs);
    quantizedInputs.set(input, outputs);
    return outputs;
  };

  /** A bias of shape [channels] so that it is added to each channel of an image. */
  const alongChannels = (bias: string, rank: number): string => {
    const shape = addWeight(
      `${bias}_shape`,
      'int64',
      [rank],
      BigInt64Array.from({ length: rank }, (_, axis) => (axis === 1 ? -1n : 1n)),
    );
    const reshaped = uniqueName(`${bias}_along_channels`);
    add('Reshape', `${bias}_reshape`, [bias, shape], [reshaped]);
    return reshaped;
  };

  const replaceProduct = (node: NodeProto, { kind, weight, isTransposed, bias }: Product): void => {
    made = [];
    const isConvolution = kind === 'Conv';
    const source = snapshotOf(weight);
    const dims = isTransposed ? source.dims.toReversed() : source.dims;
    // ConvInteger takes one zero point for the whole weight: only a symmetric type can have a scale for each channel.
    const perChannel = options.perChannel && !(isConvolution && options.weightType === 'uint8');
    const base = weight.name;
    const scaleDims = perChannel
      ? isConvolution
        ? [1, dims[0] as number, ...dims.slice(2).map(() => 1)]
        : [dims[1] as number]
      : [];
    const zeroDims = perChannel && !isConvolution ? [dims[1] as number] : [];
    const tensors = deferTensors(
      [
        { name: uniqueName(`${base}_quantized`), type: options.weightType, dims },
        { name: uniqueName(`${base}_scale`), type: 'float32', dims: scaleDims },
        { name: uniqueName(`${base}_zero_point`), type: options.weightType, dims: zeroDims },
      ],
      () => {
        const { values, scales, zeroPoints } = withFloats(source, (weights) =>
          quantizeWeight(isTransposed ? transpose(weights, source.dims) : weights, {
            dims,
            axis: perChannel ? (isConvolution ? 0 : 1) : null,
            type: options.weightType,
            isReduced: options.isReduced,
          }),
        );
        return [values, scales, isConvolution ? zeroPoints.subarray(0, 1) : zeroPoints];
      },
    );
    const [weightName, scaleName, zeroName] = tensors.map(editor.addTensor) as [string, string, string];

    const [input, inputScale, inputZero] = quantizeInput(node.inputs[0] ?? '');
    const output = node.outputs[0] ?? '';
    const label = node.name || output;
    const [sums, floats, factor] = ['sums', 'float', 'scales'].map((part) => uniqueName(`${label}_${part}`)) as [
      string,
      string,
      string,
    ];
    add(
      isConvolution ? 'ConvInteger' : 'MatMulInteger',
      `${label}_integer`,
      [input, weightName, inputZero, zeroName],
      [sums],
      isConvolution ? node.attributes : [],
    );
    add('Cast', `${label}_cast`, [sums], [floats], [createAttribute('to', BigInt(ELEMENT_TYPES.float32.code))]);
    add('Mul', `${label}_scale`, [inputScale, scaleName], [factor]);
    const product = bias === '' ? output : uniqueName(`${label}_product`);
    add('Mul', `${label}_rescale`, [floats, factor], [product]);
    if (bias !== '')
      add('Add', `${label}_bias`, [product, isConvolution ? alongChannels(bias, dims.length) : bias], [output]);
    editor.replace(node, ...made);
  };

  /** What quantizes an activation, before a node. */
  const quantizeBefore = (node: NodeProto, input: string): [values: string, scale: string, zeroPoint: string] => {
    made = [];
    const names = quantizeInput(input);
    editor.insertBefore(node, ...made);
    return names;
  };
  return { replaceProduct, quantizeBefore };
}

function transpose(values: Float32Array, [rows = 0, columns = 0]: readonly number[]): Float32Array {
  const transposed = new Float32Array(values.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      transposed[column * rows + row] = values[row * columns + column] as number;
    }
  }
  return transposed;
}
