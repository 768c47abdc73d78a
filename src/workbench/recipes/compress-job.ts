/** The job that makes a variant. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { sha256Schema } from '#shared/model.ts';
import { recipeSchema } from '#shared/recipe.ts';
import type { EngineHost } from '../engine-process/engine-host.ts';
import type { JobHandler } from '../jobs/job-handler.ts';
import { chooseInputs } from '../library/choose-inputs.ts';
import type { DatasetCatalog } from '../library/datasets.ts';
import { toFileName } from '../library/model-files.ts';
import type { ModelLibrary } from '../library/model-library.ts';

export const compressInputSchema = z.object({
  variantId: sha256Schema,
  /** Validated, with defaults filled in. */
  recipe: recipeSchema,
  name: z.string().optional(),
  datasetId: z.string().optional(),
});

/** The first items of the training split: enough for ranges, and never an item that accuracy is measured on. */
const CALIBRATION_ITEMS = 256;
const SILENCE_LIMIT_MS = 900_000;

export function createCompressHandler(dependencies: {
  engines: EngineHost;
  library: ModelLibrary;
  datasets: DatasetCatalog;
  whittleVersion: string;
}): JobHandler {
  const { engines, library, datasets, whittleVersion } = dependencies;
  return {
    needsMachine: true,
    async run(input, context) {
      const { variantId, recipe, name, datasetId } = compressInputSchema.parse(input);
      const parent = library.getVariant(variantId);
      const model = library.getModel(parent.modelId);
      const { inputs, dataset } = await chooseInputs(datasets, model, {
        datasetId,
        split: 'train',
        limit: CALIBRATION_ITEMS,
      });
      context.log(
        'info',
        `Inputs: ${dataset === null ? 'generated' : `the first ${CALIBRATION_ITEMS} of ${dataset.title}`}`,
      );
      const variantName = name ?? `${parent.name}.${recipe.name}`;
      return library.inTemporaryFolder(async (folder) => {
        const outputPath = join(folder, 'variant', toFileName(variantName, '.onnx'));
        await mkdir(join(folder, 'variant'));
        const made = await engines.call(
          'model.compress',
          {
            path: parent.path,
            outputPath,
            recipe,
            parentSha256: parent.id,
            originalSha256: parent.modelId,
            whittleVersion,
            inputs,
          },
          {
            silenceLimitMs: SILENCE_LIMIT_MS,
            signal: context.signal,
            onProgress: ({ fraction, message }) => context.report(fraction, message),
          },
        );
        for (const step of made.steps) context.log('info', step.summary);
        const kept = await library.keep(
          outputPath,
          {
            id: made.inspection.sha256,
            modelId: parent.modelId,
            parentId: parent.id,
            name: variantName,
            sizeBytes: made.inspection.sizeBytes,
            recipe: made.recipe,
            createdAtMs: Date.now(),
            steps: made.steps,
            checks: made.checks,
            fidelity: made.fidelity,
            inspection: made.inspection,
          },
          null,
        );
        if (!kept.isNew) context.log('info', `The result is the same file as “${kept.variant.name}”.`);
        return { variantId: kept.variant.id, isNew: kept.isNew };
      });
    },
  };
}
