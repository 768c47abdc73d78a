import { AppError } from '#shared/app-error.ts';
import { jsonSchema } from '#shared/json.ts';
import { throwIfCancelled } from '../unless-aborted.ts';
import type { JobRunner } from '../jobs/job-runner.ts';
import type { DatasetCatalog } from '../library/datasets.ts';
import { requireInputs } from '../library/require-inputs.ts';
import type { ModelLibrary } from '../library/model-library.ts';
import type { Store } from '../store/store.ts';
import type { Implementer } from './implementer.ts';

export function qualityRouter(
  os: Implementer,
  parts: { store: Store; library: ModelLibrary; datasets: DatasetCatalog; jobs: JobRunner },
) {
  const { store, library, datasets, jobs } = parts;
  return os.quality.router({
    evaluate: os.quality.evaluate.handler(async ({ input, signal }) => {
      const names = input.variantIds.map((id) => library.getVariant(id).name);
      if (input.referenceId !== undefined) library.getVariant(input.referenceId);
      await requireInputs(datasets, input, 'test');
      throwIfCancelled(signal);
      const job = jobs.start({
        kind: 'evaluate',
        title: `Evaluate ${names.length === 1 ? names[0] : `${names.length} models`} on ${input.provider}`,
        subject: { variantIds: input.variantIds },
        input: jsonSchema.parse(JSON.parse(JSON.stringify(input))),
      });
      return { jobId: job.id };
    }),
    get: os.quality.get.handler(({ input }) => {
      const quality = store.quality.get(input.id);
      if (quality === null) throw new AppError('not-found', `There is no evaluation ${input.id}.`);
      return quality;
    }),
    list: os.quality.list.handler(({ input }) => store.quality.listBest(input.variantIds)),
  });
}
