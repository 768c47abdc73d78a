/** What static quantization did to a model, and did not, in words. */
import type { Finding } from '#shared/model.ts';
import { countText } from '#shared/text/number-text.ts';
import type { ModelProto, NodeProto } from '../../onnx/ir.ts';
import { explainNothing } from '../explain-nothing.ts';
import { nodeLabel } from '../node-label.ts';
import { finding } from '../pass.ts';
import { describeSkipped, type Skipped } from '../skipped.ts';
import type { Sites } from './find-sites.ts';
import { computesInIntegers } from './quantize-graph.ts';
import type { ActivationType } from './quantize-tensor.ts';

export function describeStored(nodes: readonly NodeProto[]): Finding[] {
  if (nodes.length === 0) return [];
  const message = `Weights of ${countText(nodes.length, 'transposed convolution')} are kept in 8 bits, and become float32 when ONNX Runtime loads them.`;
  return [finding('info', 'stored-in-int8', message, nodes.map(nodeLabel))];
}

export function equalizedFinding(count: number): Finding {
  return finding(
    'info',
    'equalized',
    `The channels of ${countText(count, 'group')} of tensors were given like ranges; the float model computes the same as before.`,
  );
}

export const dataFreeFinding = finding(
  'warning',
  'generated-calibration',
  'Ranges come from generated inputs, not from real data: they can be far from those of real inputs. Give calibration data before you rely on this file.',
);
export const notReconstructedFinding = finding(
  'warning',
  'not-reconstructed',
  'Weights were rounded without reconstruction, which needs real calibration data and biasCorrection. Give data and set biasCorrection to true, or set reconstruction to false.',
);
export const saturationFinding = finding(
  'info',
  'reduced-range',
  'Weights have 7 bits, because this CPU has no VNNI: its 8-bit products would saturate.',
);
export const noReductionFinding = finding(
  'info',
  'range-not-reduced',
  'reducedRange changes nothing about int4: 4 bits do not saturate. It is for weights in 8 bits.',
);
export const olderOpsetFinding = finding(
  'info',
  'microsoft-domain',
  'The model’s opset has no such QuantizeLinear and could not be raised, so that of ONNX Runtime (com.microsoft) is used: other runtimes may not know it.',
);

export function nothingToQuantize(
  model: ModelProto,
  operators: readonly string[],
  skipped: readonly Skipped[],
): string {
  return `There is nothing to quantize: the model has no ${operators.join(', ')} with a constant float32 weight that it could.${explainNothing(model, skipped)}`;
}

export function describeSites(
  parts: readonly Sites[],
  inBranches: readonly Skipped[],
  { activationType }: { activationType: ActivationType },
): Finding[] {
  const [products, carriers] = [parts.flatMap((part) => part.products), parts.flatMap((part) => part.carriers)];
  const skipped = [...parts.flatMap((part) => part.skipped), ...inBranches];
  const findings = [
    finding(
      'info',
      'quantized',
      computesInIntegers(activationType)
        ? `${countText(products.length, 'product')} quantized, in types that ONNX Runtime’s CPU provider has integer kernels for.`
        : `${countText(products.length, 'product')} quantized, ${products.length === 1 ? 'which' : 'all of which'} ONNX Runtime’s CPU provider computes in float32: it has no integer kernel for these types.`,
      products.map(({ name }) => name),
    ),
  ];
  if (carriers.length > 0) {
    findings.push(
      finding(
        'info',
        'carried',
        `${countText(carriers.length, 'node between them passes', 'nodes between them pass')} integers on.`,
        carriers.map(nodeLabel),
      ),
    );
  }
  return [...findings, ...describeSkipped(skipped, 'operator')];
}
