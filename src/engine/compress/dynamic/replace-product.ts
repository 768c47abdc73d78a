/**
 * Replaces products with constant weights by integer products:
 *
 *   DynamicQuantizeLinear(x) -> MatMulInteger or ConvInteger -> Cast to float32 -> Mul by scale(x) * scale(w) -> Add bias
 *
 * The shape of this chain is the one that ONNX Runtime fuses to MatMulIntegerToFloat and DynamicQuantizeMatMul.
 */
import { ELEMENT_TYPES } from '../../onnx/element-types.ts';
import type { GraphEditor } from '../../onnx/graph-editor.ts';
import { createAttribute, createNode, type NodeProto, type TensorProto } from '../../onnx/ir.ts';
import type { StoreWeight } from './create-weight-store.ts';

/** Transposed: stored as `[outputs, inputs]`. */
export type Product = { kind: 'MatMul' | 'Gemm' | 'Conv'; weight: TensorProto; isTransposed: boolean; bias: string };

/** For one graph, whose products share what quantizes the tensors that they read. */
export function createReplacer(editor: GraphEditor, store: StoreWeight) {
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
    const rank = weight.dims.length;
    const [weightName, scaleName, zeroName] = store(weight, { isConvolution, isTransposed });

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
    if (bias !== '') add('Add', `${label}_bias`, [product, isConvolution ? alongChannels(bias, rank) : bias], [output]);
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
