/**
 * LSTM with constant weights -> com.microsoft.DynamicQuantizeLSTM, which quantizes its inputs and states while it runs.
 * Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.DynamicQuantizeLSTM
 */
import { intAttribute } from '../../onnx/attributes.ts';
import type { GraphEditor } from '../../onnx/graph-editor.ts';
import type { NodeProto } from '../../onnx/ir.ts';
import { floatsOf, requireElementType } from '../../onnx/tensor-contents.ts';
import { MICROSOFT } from '../import-domain.ts';
import { type IntegerType, quantizeWeight } from '../quantize-weight.ts';

type Options = { weightType: IntegerType; perChannel: boolean; isReduced: boolean; minimumElements: number };
type FloatArray = { dims: readonly number[]; values: Float32Array };
type Gates = { values: Int8Array | Uint8Array; scales: Float32Array; zeroPoints: Int8Array | Uint8Array };

/** Before the peepholes; where one is left out, '' keeps its place. */
const FLOAT_INPUTS = 8;

/** @returns why the node stays as it is, or null when it was replaced */
export function replaceLstm(editor: GraphEditor, node: NodeProto, options: Options): string | null {
  if (intAttribute(node, 'layout', 0) !== 0) return 'DynamicQuantizeLSTM has the batch in the second axis only';
  const weight = constantFloats(editor, node.inputs[1] ?? '');
  const recurrent = constantFloats(editor, node.inputs[2] ?? '');
  if (!weight || !recurrent) return 'its weights are not constant float32';
  if (weight.dims.length !== 3 || recurrent.dims.length !== 3) return 'its weights have no three axes';
  if (weight.values.length + recurrent.values.length < options.minimumElements) {
    return 'its weights are too small to save anything';
  }
  if (![weight, recurrent].every(({ values }) => values.every(Number.isFinite))) {
    return 'its weights hold values that are not finite';
  }
  // Of unsigned weights the kernel takes one zero point for all.
  const perChannel = options.perChannel && options.weightType === 'int8';
  const add = (given: FloatArray, wish: string): [values: string, scale: string, zeroPoint: string] => {
    const [directions = 0, gates = 0, inputs = 0] = given.dims;
    const scaleDims = perChannel ? [directions, gates] : [directions];
    const { values, scales, zeroPoints } = quantizeGates(given, { ...options, perChannel });
    return [
      editor.addWeight(`${wish}_quantized`, options.weightType, [directions, inputs, gates], values),
      editor.addWeight(`${wish}_scale`, 'float32', scaleDims, scales),
      editor.addWeight(`${wish}_zero_point`, options.weightType, scaleDims, zeroPoints),
    ];
  };
  const label = node.name || (node.outputs[0] ?? 'lstm');
  const [w, wScale, wZero] = add(weight, `${label}_w`);
  const [r, rScale, rZero] = add(recurrent, `${label}_r`);
  const [input = '', , , ...rest] = node.inputs;
  const inputs = [input, w, r, ...rest];
  while (inputs.length < FLOAT_INPUTS) inputs.push('');
  editor.update(node, {
    opType: 'DynamicQuantizeLSTM',
    domain: MICROSOFT,
    inputs: [...inputs, wScale, wZero, rScale, rZero],
    attributes: node.attributes.filter(({ name }) => name !== 'layout'),
  });
  return null;
}

function constantFloats(editor: GraphEditor, name: string): FloatArray | null {
  const tensor = editor.constantOf(name);
  return tensor && requireElementType(tensor) === 'float32' ? { dims: tensor.dims, values: floatsOf(tensor) } : null;
}

/** From `[directions, gates, inputs]` to integers `[directions, inputs, gates]`, each direction by itself. */
function quantizeGates({ dims, values }: FloatArray, options: Omit<Options, 'minimumElements'>): Gates {
  const [directions = 0, gates = 0, inputs = 0] = dims;
  const parts = Array.from({ length: directions }, (_, direction) => {
    const turned = new Float32Array(gates * inputs);
    for (let gate = 0; gate < gates; gate += 1) {
      const row = (direction * gates + gate) * inputs;
      for (let input = 0; input < inputs; input += 1) turned[input * gates + gate] = values[row + input] as number;
    }
    return quantizeWeight(turned, {
      dims: [inputs, gates],
      axis: options.perChannel ? 1 : null,
      type: options.weightType,
      isReduced: options.isReduced,
    });
  });
  const Integers = options.weightType === 'int8' ? Int8Array : Uint8Array;
  return {
    values: Integers.from(parts.flatMap((part) => [...part.values])),
    scales: Float32Array.from(parts.flatMap((part) => [...part.scales])),
    zeroPoints: Integers.from(parts.flatMap((part) => [...part.zeroPoints])),
  };
}
