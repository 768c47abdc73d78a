import { formatCount } from '#shared/format.ts';
import type { Fidelity } from '#shared/model.ts';
import { agreementText, cosineText } from '#shared/text/fidelity-text.ts';

/** `cosine 0.999812, signal to noise 34.2 dB, same top-1 class 99.41 %, largest error 0.213`. */
export function fidelityText({ cosine, sqnrDb, top1Agreement, maxAbsoluteError, itemCount }: Fidelity): string {
  return [
    `cosine ${cosineText(cosine)}`,
    ...(sqnrDb === null ? [] : [`signal to noise ${sqnrDb.toFixed(1)} dB`]),
    ...(top1Agreement === null ? [] : [`same top-1 class ${agreementText(top1Agreement, itemCount)}`]),
    `largest error ${formatCount(maxAbsoluteError)}`,
  ].join(', ');
}
