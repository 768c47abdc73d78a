/** Half precision: weights and arithmetic in float16. What cannot be, or is told not to be, stays float32 behind casts. */
import { z } from 'zod';
import { AppError } from '#shared/app-error.ts';
import { countText } from '#shared/text/number-text.ts';
import type { Finding } from '#shared/model.ts';
import { opsetOf } from '../../onnx/raise-opset/raise-opset.ts';
import { convertGraph } from '../half-precision.ts';
import { matchNames, matchOperators, NAMES_THAT_STAY } from '../match-nodes.ts';
import { definePass, finding } from '../pass.ts';
import { explainSkipped } from '../skipped.ts';
import { scanActivations } from '../scan-activations.ts';

/**
 * Operators that have no float16 kind in the specification (NonMaxSuppression, Range, RandomUniformLike by its attribute), or no kernel for it in ONNX
 * Runtime's CUDA provider, which then computes them on the CPU. Upsample and the conversions from and to integers take scales in float32.
 * Max, Min and TopK have one. Source: its docs/OperatorKernels.md, generated from the registered kernels.
 */
const DEFAULT_BLOCK_LIST = [
  'DequantizeLinear',
  'DynamicQuantizeLinear',
  'EyeLike',
  'GridSample',
  'NonMaxSuppression',
  'QuantizeLinear',
  'RandomUniformLike',
  'Range',
  'RoiAlign',
  'Upsample',
];
/** CumSum has a float16 kernel from this opset on. */
const HALF_CUM_SUM_OPSET = 14;

export const float16 = definePass({
  name: 'float16',
  title: 'Half precision (float16)',
  summary: 'Stores weights and computes in 16-bit floating point: half the size, and almost the same outputs.',
  goodFor:
    'GPUs, and small files with hardly any loss. A CPU computes in float32 all the same, behind casts: expect half the size there, not more speed.',
  needsCalibration: false,
  settings: z.strictObject({
    keepInputsOutputs: z
      .boolean()
      .default(true)
      .describe('Inputs and outputs of the model stay float32, so that programs that use it need no change.'),
    blockOperators: z
      .array(z.string().min(1))
      .default(DEFAULT_BLOCK_LIST)
      .describe('Types of operators that stay float32.'),
    blockNodes: z.array(z.string().min(1)).default([]).describe(NAMES_THAT_STAY),
    scan: z
      .boolean()
      .default(true)
      .describe(
        'Runs the model on calibration data, or on generated inputs where there are none, and keeps what float16 cannot hold in float32.',
      ),
  }),
  async apply(model, settings, context) {
    const { graph } = model;
    if (!graph) throw new AppError('invalid-model', 'The model holds no graph.');
    const isNamed = matchNames(model, settings.blockNodes, 'blockNodes');
    const isOfType = matchOperators(model, settings.blockOperators, {
      setting: 'blockOperators',
      allowed: DEFAULT_BLOCK_LIST,
    });
    const scanned = settings.scan ? await scanActivations(model, context) : null;
    const hasCumSum = opsetOf(model.opsetImports) >= HALF_CUM_SUM_OPSET;
    const done = convertGraph(model, graph, {
      keepInputsOutputs: settings.keepInputsOutputs,
      isBlocked: (node) => isOfType(node) || isNamed(node) || (node.opType === 'CumSum' && !hasCumSum),
      ...(scanned ? { unfit: scanned.unfit, scanned: scanned.branches } : {}),
    });
    if (done.weightCount === 0 && done.nodeCount === 0) {
      const skipped = [
        ...done.keptNodes.map((name) => ({ name, reason: 'values that it takes or gives do not fit into float16' })),
        ...done.blockedNodes.map((name) => ({ name, reason: 'it, or its operator, is blocked or unknown' })),
      ];
      throw new AppError(
        'unsupported',
        skipped.length === 0
          ? 'There is nothing to convert: the model computes nothing in float32.'
          : `There is nothing that could be converted.${explainSkipped(skipped)}`,
      );
    }
    const findings: Finding[] = [...(scanned?.findings ?? [])];
    if (done.innerNodeCount > 0) {
      findings.push(
        finding(
          'info',
          'subgraphs-not-scanned',
          `${countText(done.innerNodeCount, 'node')} of branches and loops became float16 too. The scan looks only inside of branches of the main graph that all items take: where values of the others may go beyond ±65504, name the nodes in blockNodes.`,
        ),
      );
    }
    if (done.blockedNodes.length > 0) {
      findings.push(
        finding(
          'info',
          'kept-float32',
          `${countText(done.blockedNodes.length, 'node')} stayed float32, because of a blocked or unknown operator.`,
          done.blockedNodes,
        ),
      );
    }
    if (done.keptNodes.length > 0) {
      findings.push(
        finding(
          'info',
          'kept-float32',
          `${countText(done.keptNodes.length, 'node')} stayed float32, because values taken or given there do not fit into float16.`,
          done.keptNodes,
        ),
      );
    }
    if (done.outOfRangeWeights.length > 0) {
      findings.push(
        finding(
          'warning',
          'out-of-float16-range',
          `${countText(done.outOfRangeWeights.length, 'weight')} beyond ±65504 stayed float32, with the nodes that use them.`,
          done.outOfRangeWeights,
        ),
      );
    }
    if (done.vanishingWeights.length > 0) {
      findings.push(
        finding(
          'info',
          'vanishing-in-float16',
          `${countText(done.vanishingWeights.length, 'weight')} below 3e-8 throughout would become zero and stay float32, with the nodes that use them.`,
          done.vanishingWeights,
        ),
      );
    }
    if (done.vanishedCount > 0) {
      findings.push(
        finding(
          'info',
          'rounded-to-zero',
          `${countText(done.vanishedCount, 'weight element')} below 3e-8 became zero.`,
        ),
      );
    }
    findings.push(
      finding(
        'warning',
        'cast-back-on-cpu',
        'On a CPU ONNX Runtime casts most of it back to float32 while it runs: the file is smaller there, the model is not faster.',
      ),
    );
    return {
      summary: `${countText(done.weightCount, 'weight')} and ${countText(done.nodeCount, 'node')} in float16, with ${countText(done.castCount, 'cast')} added.`,
      findings,
    };
  },
});
