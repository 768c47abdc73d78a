/** Which of the known quality results belong to the runs of an experiment. */
import type { ProviderId } from '../provider.ts';
import type { Paired, Quality } from '../quality.ts';

/** @returns the data on which most of the files have an accuracy; the newest of equals; null when none has any */
export function datasetForComparison(quality: readonly Quality[]): string | null {
  const labelled = quality.filter((item) => item.metrics.top1 !== undefined);
  const counts = new Map<string, number>();
  for (const { datasetId } of labelled) counts.set(datasetId, (counts.get(datasetId) ?? 0) + 1);
  const most = Math.max(0, ...counts.values());
  return [...counts].find(([, count]) => count === most)?.[0] ?? null;
}

/** Accuracy belongs to file, provider and device together: what another provider made of the file is no substitute. */
export function qualityOf(
  quality: readonly Quality[],
  wanted: { variantId: string; provider: ProviderId; datasetId: string | null },
): Quality | null {
  return (
    quality.find(
      (item) =>
        item.variantId === wanted.variantId &&
        item.provider === wanted.provider &&
        item.datasetId === wanted.datasetId &&
        item.metrics.top1 !== undefined,
    ) ?? null
  );
}

/** How close the outputs of a file are to those of another one. Real data come before generated inputs, and the newest before older ones. */
export function fidelityOf(
  quality: readonly Quality[],
  wanted: { variantId: string; provider: ProviderId; referenceId: string | undefined },
): Quality | null {
  const found = quality.filter(
    ({ variantId, provider, referenceId, fidelity }) =>
      fidelity !== null &&
      variantId === wanted.variantId &&
      provider === wanted.provider &&
      referenceId === wanted.referenceId,
  );
  return found.find(({ datasetId }) => datasetId !== 'generated') ?? found[0] ?? null;
}

export type AccuracyVerdict = {
  verdict: Paired['verdict'] | 'unknown';
  /** The evidence item by item, when both were compared on the same items. */
  paired: Paired | null;
};

/**
 * Whether a candidate is less accurate than the reference. Items that both have seen are the better evidence; without
 * them only intervals that do not overlap tell the two apart.
 */
export function compareAccuracy(
  reference: { quality: Quality | null; sha256: string },
  candidate: { quality: Quality | null; sha256: string },
): AccuracyVerdict {
  const referenceTop1 = reference.quality?.metrics.top1;
  const candidateTop1 = candidate.quality?.metrics.top1;
  if (referenceTop1 === undefined || candidateTop1 === undefined) return { verdict: 'unknown', paired: null };
  const paired = candidate.quality?.paired ?? null;
  if (paired !== null && candidate.quality?.referenceId === reference.sha256) {
    return { verdict: paired.verdict, paired };
  }
  if (candidateTop1.ciHigh < referenceTop1.ciLow) return { verdict: 'worse', paired: null };
  if (candidateTop1.ciLow > referenceTop1.ciHigh) return { verdict: 'better', paired: null };
  return { verdict: 'indistinguishable', paired: null };
}
