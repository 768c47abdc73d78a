/**
 * Batch normalization after a convolution becomes a part of the convolution's weights and bias:
 * w' = w * s and b' = (b - mean) * s + beta, with s = gamma / sqrt(variance + epsilon) for each output channel.
 */
import { z } from 'zod';
import { countText } from '#shared/text/number-text.ts';
import { floatAttribute, intAttribute } from '../../onnx/attributes.ts';
import { createNamer } from '../../onnx/create-namer.ts';
import { editGraph, type GraphEditor } from '../../onnx/graph-editor.ts';
import type { ModelProto, TensorProto } from '../../onnx/ir.ts';
import { removeUnused } from '../../onnx/remove-unused.ts';
import { floatsOf, requireElementType } from '../../onnx/tensor-contents.ts';
import { walkScopes } from '../../onnx/walk-scopes.ts';
import { definePass } from '../pass.ts';

const DEFAULT_EPSILON = 1e-5;

export const foldBatchNorm = definePass({
  name: 'fold-batch-norm',
  title: 'Fold batch normalization',
  summary:
    'Multiplies batch normalizations into the convolutions before them; the model computes the same with fewer nodes.',
  goodFor: 'Convolutional networks exported with their batch normalizations, before they are quantized.',
  needsCalibration: false,
  settings: z.strictObject({}),
  apply(model) {
    const folded = foldAll(model);
    if (folded.length === 0) return { summary: 'No batch normalization stands after a convolution.', findings: [] };
    return {
      summary: `${countText(folded.length, 'batch normalization')} folded into the convolution before.`,
      findings: [],
    };
  },
});

/** @returns the names of the normalizations that are gone */
export function foldAll(model: ModelProto): string[] {
  const uniqueName = createNamer(model);
  const gone: string[] = [];
  if (!model.graph) return gone;
  walkScopes(model.graph, (graph, outer) => {
    const editor = editGraph(graph, uniqueName, outer);
    gone.push(...foldGraph(editor));
    return editor;
  });
  // Also weights that only subgraphs read.
  if (gone.length > 0) removeUnused(model.graph);
  return gone;
}

function foldGraph(editor: GraphEditor): string[] {
  const gone: string[] = [];
  for (const convolution of editor.graph.nodes) {
    if (convolution.opType !== 'Conv') continue;
    const output = convolution.outputs[0] ?? '';
    const [normalization, ...others] = editor.consumersOf(output);
    if (normalization?.opType !== 'BatchNormalization' || others.length > 0 || editor.isOutput(output)) continue;
    if (
      intAttribute(normalization, 'training_mode', 0) === 1 ||
      normalization.outputs.slice(1).some((name) => name !== '')
    )
      continue;
    const [weightName = '', biasName = ''] = convolution.inputs.slice(1);
    const weight = editor.constantOf(weightName);
    const bias = biasName === '' ? null : editor.constantOf(biasName);
    const parameters = normalization.inputs.slice(1, 5).map((name) => editor.constantOf(name));
    if (!weight || bias === undefined || parameters.some((tensor) => tensor === undefined)) continue;
    if ([weight, ...parameters].some((tensor) => tensor && requireElementType(tensor) !== 'float32')) continue;
    const [gamma, beta, mean, variance] = parameters.map((tensor) => floatsOf(tensor as TensorProto));
    const epsilon = floatAttribute(normalization, 'epsilon', DEFAULT_EPSILON);
    const folded = foldValues({
      weight: floatsOf(weight),
      bias: bias === null ? null : floatsOf(bias),
      gamma: gamma as Float32Array,
      beta: beta as Float32Array,
      mean: mean as Float32Array,
      variance: variance as Float32Array,
      epsilon,
    });
    editor.update(convolution, {
      inputs: [
        convolution.inputs[0] ?? '',
        editor.addWeight(`${weightName}_folded`, 'float32', weight.dims, folded.weight),
        editor.addWeight(`${weightName}_folded_bias`, 'float32', [folded.bias.length], folded.bias),
      ],
    });
    const name = normalization.outputs[0] ?? '';
    editor.remove(normalization);
    editor.update(convolution, { outputs: [name] });
    gone.push(normalization.name || name);
  }
  return gone;
}

/** All per output channel; the arithmetic is done in double precision and rounded once. */
function foldValues(about: {
  weight: Float32Array;
  bias: Float32Array | null;
  gamma: Float32Array;
  beta: Float32Array;
  mean: Float32Array;
  variance: Float32Array;
  epsilon: number;
}): { weight: Float32Array; bias: Float32Array } {
  const { weight, bias, gamma, beta, mean, variance, epsilon } = about;
  const channelCount = gamma.length;
  const channelSize = weight.length / channelCount;
  const newWeight = new Float32Array(weight.length);
  const newBias = new Float32Array(channelCount);
  for (let channel = 0; channel < channelCount; channel += 1) {
    const scale = (gamma[channel] as number) / Math.sqrt((variance[channel] as number) + epsilon);
    newBias[channel] = ((bias?.[channel] ?? 0) - (mean[channel] as number)) * scale + (beta[channel] as number);
    for (let index = channel * channelSize; index < (channel + 1) * channelSize; index += 1) {
      newWeight[index] = (weight[index] as number) * scale;
    }
  }
  return { weight: newWeight, bias: newBias };
}
