/**
 * LSTM with constant weights -> com.microsoft.DynamicQuantizeLSTM, which quantizes its inputs and states while it runs.
 * Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.DynamicQuantizeLSTM
 */
import { intAttribute } from '../../onnx/attributes.ts';
import type { GraphEditor } from '../../onnx/graph-editor.ts';
import { deferTensors } from '../../onnx/deferred-tensors.ts';
import { elementCount } from '../../onnx/element-count.ts';
import type { NodeProto, TensorProto } from '../../onnx/ir.ts';
import { requireElementType, snapshotOf, withFloats } from '../../onnx/tensor-contents.ts';
import { reasonAgainstIntegers } from '../../onnx/weight-magnitudes.ts';
import { MICROSOFT } from '../import-domain.ts';
import { type IntegerType, quantizeWeight } from '../quantize-weight.ts';

type Options = { weightType: IntegerType; perChannel: boolean; isReduced: boolean; minimumElements: number };

/** Before the peepholes; where one is left out, '' keeps its place. */
const FLOAT_INPUTS = 8;

/** @returns why the node stays as it is, or null when it was replaced */
export function replaceLstm(editor: GraphEditor, node: NodeProto, options: Options): string | null {
  if (intAttribute(node, 'layout', 0) !== 0) return 'DynamicQuantizeLSTM has the batch in the second axis only';
  const weight = constantFloats(editor, node.inputs[1] ?? '');
  const recurrent = constantFloats(editor, node.inputs[2] ?? '');
  if (!weight || !recurrent) return 'its weights are not constant float32';
  if (weight.dims.length !== 3 || recurrent.dims.length !== 3) return 'its weights have no three axes';
  if (elementCount(weight) + elementCount(recurrent) < Math.max(1, options.minimumElements)) {
    return 'its weights are too small to save anything';
  }
  const reason = reasonAgainstIntegers(weight) ?? reasonAgainstIntegers(recurrent);
  if (reason !== null) return `one of its weights ${reason}`;
  // Of unsigned weights the kernel takes one zero point for all.
  const perChannel = options.perChannel && options.weightType === 'int8';
  const add = (given: TensorProto, wish: string): [values: string, scale: string, zeroPoint: string] => {
    const source = snapshotOf(given);
    const [directions = 0, gates = 0, inputs = 0] = source.dims;
    const scaleDims = perChannel ? [directions, gates] : [directions];
    const tensors = deferTensors(
      [
        { name: editor.uniqueName(`${wish}_quantized`), type: options.weightType, dims: [directions, inputs, gates] },
        { name: editor.uniqueName(`${wish}_scale`), type: 'float32', dims: scaleDims },
        { name: editor.uniqueName(`${wish}_zero_point`), type: options.weightType, dims: scaleDims },
      ],
      () => withFloats(source, (values) => quantizeGates(values, source.dims, { ...options, perChannel })),
    );
    return tensors.map(editor.addTensor) as [string, string, string];
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

function constantFloats(editor: GraphEditor, name: string): TensorProto | null {
  const tensor = editor.constantOf(name);
  return tensor && requireElementType(tensor) === 'float32' ? tensor : null;
}

/**
 * From `[directions, gates, inputs]` to integers `[directions, inputs, gates]`, each direction by itself.
 * @returns integers, scales and zero points
 */
function quantizeGates(
  weights: Float32Array,
  [directions = 0, gates = 0, inputs = 0]: readonly number[],
  { perChannel, weightType, isReduced }: Omit<Options, 'minimumElements'>,
): ArrayBufferView[] {
  const Integers = weightType === 'int8' ? Int8Array : Uint8Array;
  const size = gates * inputs;
  const scaleCount = perChannel ? gates : 1;
  const values = new Integers(directions * size);
  const scales = new Float32Array(directions * scaleCount);
  const zeroPoints = new Integers(directions * scaleCount);
  const turned = new Float32Array(size);
  for (let direction = 0; direction < directions; direction += 1) {
    for (let gate = 0; gate < gates; gate += 1) {
      const row = direction * size + gate * inputs;
      for (let input = 0; input < inputs; input += 1) turned[input * gates + gate] = weights[row + input] as number;
    }
    const axis = perChannel ? 1 : null;
    const part = quantizeWeight(turned, { dims: [inputs, gates], axis, type: weightType, isReduced });
    values.set(part.values, direction * size);
    scales.set(part.scales, direction * scaleCount);
    zeroPoints.set(part.zeroPoints, direction * scaleCount);
  }
  return [values, scales, zeroPoints];
}
