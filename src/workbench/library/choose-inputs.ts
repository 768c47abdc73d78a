/** Which inputs a job uses: the dataset that was named, else the one the model is tied to, else generated values. */
import type { Dataset } from '#shared/dataset.ts';
import type { InputSource } from '#shared/engine-protocol.ts';
import type { Model } from '#shared/model.ts';
import type { DatasetCatalog } from './datasets.ts';

/** Generated inputs are the same every time, so that two results can be compared. */
const GENERATED_SEED = 0;

export async function chooseInputs(
  datasets: DatasetCatalog,
  model: Pick<Model, 'datasetId'>,
  options: { datasetId: string | undefined; split: Dataset['split']; limit: number | null },
): Promise<{ inputs: InputSource; dataset: Dataset | null }> {
  const chosen = options.datasetId ?? model.datasetId;
  if (chosen === null) return { inputs: { kind: 'generated', seed: GENERATED_SEED }, dataset: null };
  const { dataset, source } = await datasets.resolve(chosen, { split: options.split, tiedFamily: model.datasetId });
  return { inputs: { kind: 'dataset', dataset: source, limit: options.limit }, dataset };
}
