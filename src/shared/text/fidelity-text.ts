/** How close the outputs of a file are to those of another one, in few words. */
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

/** `99.98 %` of items with the same class: two decimals where the number of items can carry them, and never rounded up to all. */
export function agreementText(share: number, itemCount: number): string {
  const digits = itemCount >= 1000 ? 2 : 1;
  const scale = 10 ** digits;
  // 0.9999 times 100 may fall short of 99.99.
  const percent = Math.floor(share * 100 * scale + 1e-6) / scale;
  return `${percent.toFixed(digits)} %`;
}

/** `98.1 % same class, cosine 0.9990`, or the cosine where the task is not classification. */
export function fidelityWords({
  cosine,
  top1Agreement,
  itemCount,
}: Pick<Fidelity, 'cosine' | 'top1Agreement' | 'itemCount'>): string {
  return top1Agreement === null
    ? `cosine ${cosineText(cosine)}`
    : `${agreementText(top1Agreement, itemCount)} same class, cosine ${cosineText(cosine)}`;
}
