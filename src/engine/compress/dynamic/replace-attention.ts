/**
 * Attention of com.microsoft, as ONNX Runtime's transformer fusion makes it, -> QAttention: the product that makes queries, keys and
 * values computes in integers; attention itself stays float32.
 * Source: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.QAttention
 */
import { floatAttribute, intAttribute, intsAttribute } from '../../onnx/attributes.ts';
import { deferTensors } from '../../onnx/deferred-tensors.ts';
import type { GraphEditor } from '../../onnx/graph-editor.ts';
import type { NodeProto } from '../../onnx/ir.ts';
import { elementCount } from '../../onnx/element-count.ts';
import { requireElementType, snapshotOf, withFloats } from '../../onnx/tensor-contents.ts';
import { reasonAgainstIntegers } from '../../onnx/weight-magnitudes.ts';
import { MICROSOFT } from '../import-domain.ts';
import { type IntegerType, quantizeWeight } from '../quantize-weight.ts';

type Options = { weightType: IntegerType; perChannel: boolean; isReduced: boolean; minimumElements: number };

const KEPT_ATTRIBUTES = new Set(['num_heads', 'unidirectional', 'mask_filter_value']);

/**
 * @param quantizeInput adds what quantizes an activation before the node
 * @returns why the node stays as it is, or null when it was replaced
 */
export function replaceAttention(
  editor: GraphEditor,
  node: NodeProto,
  options: Options,
  quantizeInput: (input: string) => readonly [values: string, scale: string, zeroPoint: string],
): string | null {
  const [input = '', weightName = '', bias = '', mask = '', past = '', ...others] = node.inputs;
  const weight = editor.constantOf(weightName);
  if (!weight || requireElementType(weight) !== 'float32') return 'its weight is not constant float32';
  const [rows = 0, columns = 0] = weight.dims;
  const isPlain =
    others.every((name) => name === '') &&
    node.outputs.length <= 2 &&
    intsAttribute(node, 'qkv_hidden_sizes') === undefined &&
    intAttribute(node, 'do_rotary', 0) === 0 &&
    intAttribute(node, 'past_present_share_buffer', 0) === 0 &&
    floatAttribute(node, 'scale', 0) === 0;
  if (weight.dims.length !== 2 || columns % 3 !== 0 || !isPlain) return 'QAttention does not take its form';
  if (elementCount(weight) < Math.max(1, options.minimumElements)) return 'its weight is too small to save anything';
  const reason = reasonAgainstIntegers(weight);
  if (reason !== null) return `its weight ${reason}`;
  const scaleDims = options.perChannel ? [columns] : [];
  const wish = weight.name || node.name;
  const source = snapshotOf(weight);
  const tensors = deferTensors(
    [
      { name: editor.uniqueName(`${wish}_quantized`), type: options.weightType, dims: [rows, columns] },
      { name: editor.uniqueName(`${wish}_scale`), type: 'float32', dims: scaleDims },
      { name: editor.uniqueName(`${wish}_zero_point`), type: options.weightType, dims: scaleDims },
    ],
    () => {
      const { values, scales, zeroPoints } = withFloats(source, (floats) =>
        quantizeWeight(floats, {
          dims: [rows, columns],
          axis: options.perChannel ? 1 : null,
          type: options.weightType,
          isReduced: options.isReduced,
        }),
      );
      return [values, scales, zeroPoints];
    },
  );
  const [weightValues, weightScale, weightZero] = tensors.map(editor.addTensor) as [string, string, string];
  const [quantized, scale, zeroPoint] = quantizeInput(input);
  editor.update(node, {
    opType: 'QAttention',
    domain: MICROSOFT,
    inputs: [
      quantized,
      weightValues,
      bias === '' ? editor.addWeight(`${wish}_bias`, 'float32', [columns], new Float32Array(columns)) : bias,
      scale,
      weightScale,
      mask,
      zeroPoint,
      weightZero,
      ...(past === '' ? [] : [past]),
    ],
    attributes: node.attributes.filter(({ name }) => KEPT_ATTRIBUTES.has(name)),
  });
  return null;
}
