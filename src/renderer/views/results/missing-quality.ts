/** Which accuracy is missing for the answer, and whether it can be found out here. Pure. */
import type { Model } from '#shared/model.ts';
import type { ProviderId } from '#shared/provider.ts';
import type { ExperimentResults } from '#shared/answer/derive-results.ts';

export type MissingQuality = {
  /** What to evaluate, provider by provider. */
  requests: { provider: ProviderId; variantIds: string[] }[];
  fileCount: number;
  /** Whether some of the models are tied to labelled data; else only fidelity can be measured. */
  hasLabels: boolean;
  /** The model of the first of these files. */
  modelId: string | null;
};

/** @returns null where nothing is missing, or where it cannot be measured on this machine */
export function findMissingQuality(
  results: ExperimentResults,
  known: { models: readonly Model[]; deviceFingerprint: string },
): MissingQuality | null {
  const { experiment, rows, quality } = results;
  if (experiment.deviceFingerprint !== known.deviceFingerprint) return null;
  const modelOf = (variantId: string): Model | undefined =>
    known.models.find(({ variants }) => variants.some(({ id }) => id === variantId));
  const missing = rows.filter(({ run, quality: own }) => {
    const model = modelOf(run.model.sha256);
    if (run.status !== 'completed' || own !== null || !model) return false;
    // Without labels there is fidelity to the original at most, and the original needs none.
    const isDone = quality.some(
      ({ variantId, provider }) => variantId === run.model.sha256 && provider === run.provider,
    );
    return model.datasetId !== null || (!isDone && model.id !== run.model.sha256);
  });
  if (missing.length === 0) return null;
  const providers = [...new Set(missing.map(({ run }) => run.provider))];
  return {
    requests: providers.map((provider) => ({
      provider,
      variantIds: [
        ...new Set(missing.filter(({ run }) => run.provider === provider).map(({ run }) => run.model.sha256)),
      ],
    })),
    fileCount: new Set(missing.map(({ run }) => run.model.sha256)).size,
    hasLabels: missing.some(({ run }) => modelOf(run.model.sha256)?.datasetId !== null),
    modelId: missing.map(({ run }) => modelOf(run.model.sha256)?.id ?? null)[0] ?? null,
  };
}
