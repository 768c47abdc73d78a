/** The same float model, whose channels have like ranges: less is lost when it is quantized afterwards. */
import { z } from 'zod';
import type { Finding } from '#shared/model.ts';
import { countText } from '#shared/text/number-text.ts';
import type { GraphProto } from '../../onnx/ir.ts';
import { observeActivations } from '../calibration/observe-activations.ts';
import { factorsFromActivations, factorsFromWeights, type GroupFactors } from '../equalization/choose-factors.ts';
import { findScalableGroups } from '../equalization/find-scalable-groups.ts';
import { rescaleGroups } from '../equalization/rescale-groups.ts';
import { definePass, finding } from '../pass.ts';
import { foldAll } from './fold-batch-norm.ts';

export const equalizeChannelsPass = definePass({
  name: 'equalize-channels',
  title: 'Equalize channels',
  summary:
    'Moves factors between a layer and the next, so that the channels between them have like ranges; the float model computes the same.',
  goodFor: 'Before a quantizing pass, where a few channels are much larger than the others.',
  foldsConstants: true,
  needsCalibration: true,
  settings: z.strictObject({
    method: z
      .enum(['activations', 'weights'])
      .default('activations')
      .describe(
        'What the ranges of channels are judged by: their values on calibration data (SmoothQuant), or the weights that make them, without data (cross-layer equalization).',
      ),
    strength: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe(
        'How the difference is shared: at 1 channels become as alike as they can, at 0 the weights that read them, between both about half.',
      ),
    largestGain: z
      .number()
      .min(1)
      .max(4096)
      .default(64)
      .describe('A channel is made at most so many times larger or smaller.'),
  }),
  async apply(model, { method, strength, largestGain }, context) {
    foldAll(model);
    const groups = findScalableGroups(model.graph as GraphProto);
    if (groups.length === 0) {
      const summary =
        'Nothing was equalized: between no two layers are there only operators through which a factor can be moved.';
      return { summary, findings: [] };
    }
    const options = { strength, largestGain };
    const findings: Finding[] = [];
    let factors: GroupFactors;
    if (method === 'weights') factors = factorsFromWeights(groups, options);
    else {
      const seen = await observeActivations({
        ...context,
        model,
        tensors: groups.flatMap((group) => group.tensors),
        meansOf: new Set(),
        exactExtremes: true,
        provider: 'node:cpu',
      });
      factors = factorsFromActivations(groups, seen.samples, { ...options, readers: true });
      if (seen.source === 'generated') findings.push(generatedFinding);
    }
    const divisors = rescaleGroups(model, factors);
    const count = new Set(divisors.values()).size;
    const clipped = groups.flatMap(({ clips }) => clips.slice(0, 1).map(({ output }) => output));
    if (clipped.length > 0) findings.push(clippedFinding(clipped, method));
    return {
      summary: `The channels of ${countText(count, 'group')} of tensors were given like ranges, by ${method === 'weights' ? 'the weights' : 'calibration data'}; the float model computes the same.`,
      findings,
    };
  },
});

const generatedFinding = finding(
  'warning',
  'generated-calibration',
  'Ranges come from generated inputs, not from real data: on real inputs channels may not be alike. Give calibration data, or take the method “weights”.',
);

function clippedFinding(outputs: readonly string[], method: 'activations' | 'weights'): Finding {
  const groups = countText(outputs.length, 'group');
  const message =
    method === 'weights'
      ? `${groups} of tensors stayed as they were: a Clip cuts them off at a fixed value, and only data can tell how far from it they are.`
      : `${groups} of tensors end in a Clip: the model computes the same as long as no value is more than 10 % larger than the largest of its channel in calibration.`;
  return finding('info', 'clipped-channels', message, outputs);
}
