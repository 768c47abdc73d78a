/** Where the nodes of a run were, and whether their results are right, in words. */
import { formatPercent } from '../format.ts';
import { leftToCpu, operatorsText } from '../placement.ts';
import type { Parity, Placement, Run } from '../run.ts';
import { agreementText, cosineText } from './fidelity-text.ts';
import { countText } from './number-text.ts';

const providerNames: Record<string, string> = {
  CPUExecutionProvider: 'CPU',
  WebGpuExecutionProvider: 'WebGPU',
  CUDAExecutionProvider: 'CUDA',
  TensorrtExecutionProvider: 'TensorRT',
  DmlExecutionProvider: 'DirectML',
  CoreMLExecutionProvider: 'Core ML',
};

/** `CPU 100 %`, `WebGPU 93 %, CPU 7 %`: share of the time. */
export function placementText(placement: readonly Placement[]): string | null {
  if (placement.length === 0) return null;
  return placement
    .toSorted((a, b) => (b.timeShare ?? 0) - (a.timeShare ?? 0))
    .map(({ provider, nodeCount, timeShare }) => {
      const share = timeShare === null ? countText(nodeCount, 'node') : formatPercent(timeShare, 0);
      return `${providerNames[provider] ?? provider} ${share}`;
    })
    .join(', ');
}

/** `72 nodes on CPU take 100 % of the time.` */
export function placementSentences(placement: readonly Placement[]): string[] {
  return placement.map(({ provider, nodeCount, timeShare }) => {
    const where = `${countText(nodeCount, 'node')} on ${providerNames[provider] ?? provider}`;
    return timeShare === null
      ? `${where}; the runtime does not tell their share of the time.`
      : `${where} ${nodeCount === 1 ? 'takes' : 'take'} ${formatPercent(timeShare, 0)} of the time.`;
  });
}

/** `12 nodes: Gather (9), Shape (3)`: what a provider left to the CPU; null when nothing was left or nothing is known. */
export function leftToCpuText(run: Pick<Run, 'provider' | 'placement'>): string | null {
  const left = leftToCpu(run);
  if (left === null) return null;
  const operators = operatorsText(left);
  return `${countText(left.nodeCount, 'node')}${operators === null ? '' : `: ${operators}`}`;
}

/** The figures behind “same as the CPU”: largest difference, its share of what is allowed, cosine, best class. */
export function parityFigures({ maxAbsoluteError, toleranceRatio, cosine, top1Agreement }: Parity): string[] {
  return [
    ...(maxAbsoluteError === null ? [] : [`largest difference ${maxAbsoluteError.toPrecision(2)}`]),
    ...(toleranceRatio === null ? [] : [`${Number(toleranceRatio.toPrecision(2))} times what is allowed`]),
    ...(cosine === null ? [] : [`cosine ${cosineText(cosine)}`]),
    ...(top1Agreement === null || top1Agreement === undefined
      ? []
      : [`same best class ${agreementText(top1Agreement, 1)}`]),
  ];
}
