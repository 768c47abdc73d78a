/** How close the outputs of a file are to those of another one, in few words. */
import { formatPercent } from '../format.ts';
import type { Fidelity } from '../model.ts';

/** `0.99981`: all nines are shown, up to the first digit that is none. */
export function cosineText(cosine: number): string {
  const missing = 1 - cosine;
  if (missing <= 0) return '1';
  const digits = Math.min(9, Math.max(4, Math.ceil(-Math.log10(missing) - 1e-6) + 1));
  // Never rounded up to 1, which would claim that nothing was lost.
  const scale = 10 ** digits;
  return (Math.floor(cosine * scale) / scale).toFixed(digits);
}

/** `98.1 % same class, cosine 0.9990`, or the cosine where the task is not classification. */
export function fidelityWords({ cosine, top1Agreement }: Pick<Fidelity, 'cosine' | 'top1Agreement'>): string {
  return top1Agreement === null
    ? `cosine ${cosineText(cosine)}`
    : `${formatPercent(top1Agreement, 1)} same class, cosine ${cosineText(cosine)}`;
}
