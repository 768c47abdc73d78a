/**
 * Replaces products with constant weights by integer products:
 *
 *   DynamicQuantizeLinear(x) -> MatMulInteger or ConvInteger -> Cast to float32 -> Mul by scale(x) * scale(w) -> Add bias
 *
 * The shape of this chain is the one that ONNX Runtime fuses to MatMulIntegerToFloat and DynamicQuantizeMatMul.
 */
import { floatAttribute, intAttribute } from '../onnx/attributes.ts';
import { elementCount } from '../onnx/element-count.ts';
import { deferTensors } from '../onnx/deferred-tensors.ts';
import { ELEMENT_TYPES } from '../onnx/element-types.ts';
import type { GraphEditor } from '../onnx/graph-editor.ts';
import type { GraphIndex } from '../onnx/graph-index.ts';
import { isStandard } from '../onnx/infer-shapes.ts';
import { createAttribute, createNode, type NodeProto, type TensorProto } from '../onnx/ir.ts';
import { floatsOf, isFiniteTensor, requireElementType, snapshotOf } from '../onnx/tensor-contents.ts';
import { type IntegerType, quantizeWeight } from './quantize-weight.ts';

export type Skipped = { name: string; reason: string };

type Options = {
  operators: readonly string[];
  weightType: IntegerType;
  perChannel: boolean;
  minimumElements: number;
  exclude: readonly string[];
  isReduced: boolean;
};

type Product = { kind: 'MatMul' | 'Gemm' | 'Conv'; weight: TensorProto; bias: string };

/** @param editor of the graph, which is right afterwards too */
export function quantizeGraph(
  editor: GraphEditor,
  options: Options,
): { quantized: string[]; convolutions: string[]; skipped: Skipped[] } {
  const { graph } = editor;
  const replace = createReplacer(editor, options);
  const done = { quantized: [] as string[], convolutions: [] as string[], skipped: [] as Skipped[] };
  for (const node of graph.nodes) {
    const name = node.name || (node.outputs[0] ?? '');
    const product =
      isStandard(node) && options.operators.includes(node.opType) ? readProduct(node, editor, options) : null;
    if (product === null) continue;
    if ('reason' in product) {
      done.skipped.push({ name, reason: product.reason });
    } else {
      replace(node, product);
      (product.kind === 'Conv' ? done.convolutions : done.quantized).push(name);
    }
  }
  if (done.quantized.length + done.convolutions.length > 0) editor.removeUnused();
  return done;
}

/** What is computed, or why it stays as it is. */
function readProduct(node: NodeProto, index: GraphIndex, options: Options): Product | { reason: string } {
  const kind = node.opType as Product['kind'];
  if (options.exclude.includes(node.name)) return { reason: 'excluded by name' };
  const weight = index.constantOf(node.inputs[1] ?? '');
  if (!weight) return { reason: 'the weight is not constant' };
  if (requireElementType(weight) !== 'float32') return { reason: 'the weight is not float32' };
  if (kind !== 'Conv' && weight.dims.length !== 2) return { reason: 'the weight is not a matrix' };
  if (elementCount(weight) < options.minimumElements) return { reason: 'the weight is too small to save anything' };
  if (!isFiniteTensor(weight)) return { reason: 'the weight holds values that are not finite' };
  if (kind === 'Gemm') {
    const isPlain = floatAttribute(node, 'alpha', 1) === 1 && floatAttribute(node, 'beta', 1) === 1;
    if (!isPlain || intAttribute(node, 'transA', 0) === 1) return { reason: 'the input is scaled or transposed' };
  }
  return { kind, weight, bias: node.inputs[2] ?? '' };
}

function createReplacer(editor: GraphEditor, options: Options): (node: NodeProto, product: Product) => void {
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

  return (node, { kind, weight, bias }) => {
    made = [];
    const isConvolution = kind === 'Conv';
    const isTransposed = kind === 'Gemm' && intAttribute(node, 'transB', 0) === 1;
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
        const floats = floatsOf(source);
        const { values, scales, zeroPoints } = quantizeWeight(isTransposed ? transpose(floats, source.dims) : floats, {
          dims,
          axis: perChannel ? (isConvolution ? 0 : 1) : null,
          type: options.weightType,
          isReduced: options.isReduced,
        });
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
