/**
 * Constants that the outputs of a convolution are multiplied by and shifted by become a part of its weights and bias:
 * w' = w · scale and b' = b · scale + shift, for each output channel. Batch normalization is one such pair.
 */
import { intAttribute } from '../../onnx/attributes.ts';
import { mapTensor } from '../../onnx/deferred-tensors.ts';
import type { GraphEditor } from '../../onnx/graph-editor.ts';
import { isStandard } from '../../onnx/infer-shapes.ts';
import type { NodeProto, TensorProto } from '../../onnx/ir.ts';
import { floatsOf, requireElementType } from '../../onnx/tensor-contents.ts';
import { boundProduct, isFiniteWeight } from '../../onnx/weight-magnitudes.ts';
import { type Affine, affineOf, chainAffines } from './affine-of.ts';

/**
 * @param stays nodes that are not folded
 * @returns the nodes that are gone
 */
export function foldIntoConvolutions(editor: GraphEditor, stays: ReadonlySet<NodeProto> = new Set()): NodeProto[] {
  const gone: NodeProto[] = [];
  for (const node of editor.graph.nodes) {
    const weights = readConvolution(node, editor);
    if (!weights) continue;
    const channels = { count: weights.outputCount, innerRank: weights.weight.dims.length - 2 };
    let affine: Affine | null = null;
    const folded: NodeProto[] = [];
    let output = node.outputs[0] ?? '';
    for (;;) {
      const [next, ...others] = editor.consumersOf(output);
      if (!next || others.length > 0 || stays.has(next) || editor.isOutput(output)) break;
      const own = affineOf(next, output, { index: editor, channels });
      if (!own) break;
      affine = affine === null ? own : chainAffines(affine, own);
      folded.push(next);
      output = next.outputs[0] ?? '';
    }
    if (affine === null) continue;
    const [input = '', weightName = ''] = node.inputs;
    const weight = scaleWeight(editor.uniqueName(`${weightName}_folded`), weights, affine);
    const bias = foldBias(weights, affine);
    // Products of ordinary numbers may be none.
    if (!isFiniteWeight(weight) || !bias.every(Number.isFinite)) continue;
    editor.update(node, {
      inputs: [
        input,
        editor.addTensor(weight),
        editor.addWeight(`${weightName}_folded_bias`, 'float32', [bias.length], bias),
      ],
    });
    for (const item of folded) editor.remove(item);
    editor.update(node, { outputs: [output] });
    gone.push(...folded);
  }
  return gone;
}

type Convolution = { weight: TensorProto; bias: TensorProto | null; outputCount: number; isTransposed: boolean };

/** Null for what is no convolution with constant float32 weights. */
function readConvolution(node: NodeProto, editor: GraphEditor): Convolution | null {
  const isTransposed = node.opType === 'ConvTranspose';
  if (!isStandard(node) || (node.opType !== 'Conv' && !isTransposed)) return null;
  const [, weightName = '', biasName = ''] = node.inputs;
  const weight = editor.constantOf(weightName);
  const bias = biasName === '' ? null : editor.constantOf(biasName);
  if (!weight || bias === undefined || weight.dims.length < 3) return null;
  if ([weight, bias].some((tensor) => tensor && requireElementType(tensor) !== 'float32')) return null;
  if (isTransposed && intAttribute(node, 'group', 1) !== 1) return null;
  return { weight, bias, outputCount: weight.dims[isTransposed ? 1 : 0] as number, isTransposed };
}

/** The arithmetic is done in double precision and rounded once. */
function scaleWeight(name: string, { weight, outputCount, isTransposed }: Convolution, { scale }: Affine): TensorProto {
  const inner = weight.dims.slice(isTransposed ? 2 : 1).reduce((product, size) => product * size, 1);
  const folded = mapTensor(name, weight, (values) => {
    for (let start = 0, channel = 0; start < values.length; start += inner) {
      const factor = atChannel(scale, channel);
      for (let index = start; index < start + inner; index += 1) values[index] = (values[index] as number) * factor;
      channel = channel + 1 === outputCount ? 0 : channel + 1;
    }
  });
  boundProduct(
    folded,
    weight,
    scale.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0),
  );
  return folded;
}

function foldBias({ bias, outputCount }: Convolution, { scale, shift }: Affine): Float32Array {
  const biases = bias && floatsOf(bias);
  return Float32Array.from(
    { length: outputCount },
    (_, channel) => (biases?.[channel] ?? 0) * atChannel(scale, channel) + atChannel(shift, channel),
  );
}

function atChannel(values: Float64Array, channel: number): number {
  return values[values.length === 1 ? 0 : channel] as number;
}
