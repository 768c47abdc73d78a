import { formatCount, formatPercent } from '#shared/format.ts';
import type { Fidelity } from '#shared/model.ts';

/** `cosine 0.999812, signal to noise 34.2 dB, same top-1 class 99.41 %, largest error 0.213`. */
export function fidelityText({ cosine, sqnrDb, top1Agreement, maxAbsoluteError }: Fidelity): string {
  return [
    `cosine ${cosine.toFixed(6)}`,
    ...(sqnrDb === null ? [] : [`signal to noise ${sqnrDb.toFixed(1)} dB`]),
    ...(top1Agreement === null ? [] : [`same top-1 class ${formatPercent(top1Agreement, 2)}`]),
    `largest error ${formatCount(maxAbsoluteError)}`,
  ].join(', ');
}
