/**
 * Keeps quantized matrix products out of activations that stand behind them. Where a Relu or Clip is all that reads a product, ONNX Runtime takes both for
 * one before it looks for integers, and goes on in float32, with weights that are dequantized on every run, unless the integers after it do the same as the
 * clip. It does not know Max and Min so, which compute the same.
 * Source: onnxruntime/core/optimizer/qdq_transformer/selectors_actions/qdq_selectors.cc, gemm_activation_fusion.cc.
 */
import { findAttribute, floatAttribute } from '../../onnx/attributes.ts';
import type { GraphEditor } from '../../onnx/graph-editor.ts';
import { isStandard } from '../../onnx/infer-shapes.ts';
import { createNode, type NodeProto } from '../../onnx/ir.ts';
import { elementTypeName } from '../../onnx/element-types.ts';
import { floatsOf, integersOf } from '../../onnx/tensor-contents.ts';
import { ACTIVATION_TYPES, type ActivationType } from './quantize-tensor.ts';

/** @param products between pairs of QuantizeLinear and DequantizeLinear; convolutions give integers and are left alone */
export function keepFromClips(editor: GraphEditor, products: readonly NodeProto[]): void {
  for (const { opType, outputs } of products) {
    const [output = ''] = outputs;
    const [next, ...others] = editor.consumersOf(output);
    if (opType === 'Conv' || !next || others.length > 0 || editor.isOutput(output) || !isStandard(next)) continue;
    if ((next.opType === 'Relu' || next.opType === 'Clip') && !isDoneByIntegers(next, editor))
      writeExtremes(next, editor);
  }
}

/** Whether all that reads the result are integers whose range lies within that of the clip. */
function isDoneByIntegers(clip: NodeProto, editor: GraphEditor): boolean {
  const [output = ''] = clip.outputs;
  const [lowest, highest] = boundsOf(clip, editor);
  const readers = editor.consumersOf(output);
  return (
    !editor.isOutput(output) &&
    readers.length > 0 &&
    readers.every((reader) => {
      if (reader.opType !== 'QuantizeLinear') return false;
      const [, scale, zeroPoint] = reader.inputs.map((name) => editor.constantOf(name));
      const type = zeroPoint && elementTypeName(zeroPoint.dataType);
      if (!scale || !zeroPoint || !type || !(type in ACTIVATION_TYPES)) return false;
      const ends = ACTIVATION_TYPES[type as ActivationType];
      const valueOf = (integer: number): number =>
        Math.fround((integer - (integersOf(zeroPoint)[0] as number)) * (floatsOf(scale)[0] as number));
      return valueOf(ends.lowest) >= lowest && valueOf(ends.highest) <= highest;
    })
  );
}

/** NaN, which nothing is within, for an end that is not constant. */
function boundsOf(clip: NodeProto, editor: GraphEditor): [lowest: number, highest: number] {
  if (clip.opType === 'Relu') return [0, Infinity];
  const end = (position: number, name: string, open: number): number => {
    const input = clip.inputs[position] ?? '';
    if (input === '') return floatAttribute(clip, name, open);
    const tensor = editor.constantOf(input);
    return tensor ? (floatsOf(tensor)[0] as number) : NaN;
  };
  return [end(1, 'min', -Infinity), end(2, 'max', Infinity)];
}

function writeExtremes(clip: NodeProto, editor: GraphEditor): void {
  const [output = ''] = clip.outputs;
  const [input = '', ...given] = clip.inputs;
  const endOf = (position: number, name: string): string => {
    if (clip.opType === 'Relu')
      return name === 'min' ? editor.addWeight(`${output}_zero`, 'float32', [], new Float32Array(1)) : '';
    if (given[position]) return given[position];
    // Before opset 11 ends are attributes.
    if (!findAttribute(clip, name)) return '';
    return editor.addWeight(`${output}_${name}`, 'float32', [], Float32Array.of(floatAttribute(clip, name, 0)));
  };
  const steps = [
    ['Max', endOf(0, 'min')],
    ['Min', endOf(1, 'max')],
  ].filter(([, end]) => end !== '');
  let value = input;
  const nodes = steps.map(([opType = '', end = ''], index) => {
    const made = index === steps.length - 1 ? output : editor.uniqueName(`${output}_raised`);
    const node = createNode({
      opType,
      name: index === steps.length - 1 ? clip.name : made,
      inputs: [value, end],
      outputs: [made],
    });
    value = made;
    return node;
  });
  if (nodes.length > 0) editor.replace(clip, ...nodes);
}
