/** The job that makes a variant. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { InputSource } from '#shared/engine-protocol.ts';
import type { Json } from '#shared/json.ts';
import { type CompressResult, type Model, sha256Schema } from '#shared/model.ts';
import { recipeSchema } from '#shared/recipe.ts';
import { datasetText } from '#shared/text/case-text.ts';
import type { EngineHost } from '../engine-process/engine-host.ts';
import { inputsOfFile } from '../experiments/plan-inputs.ts';
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
  inputsPath: z.string().optional(),
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
  const inputsOf = async (
    model: Model,
    about: { datasetId: string | undefined; inputsPath: string | undefined; signal: AbortSignal },
  ): Promise<{ inputs: InputSource; title: string | null; fileId: string | null }> => {
    const { datasetId, inputsPath, signal } = about;
    const limit = CALIBRATION_ITEMS;
    if (inputsPath !== undefined) {
      const { inputs, datasetId: fileId } = await inputsOfFile(inputsPath, { labels: null, limit, signal });
      return { inputs, title: datasetText(fileId), fileId };
    }
    const { inputs, dataset } = await chooseInputs(datasets, model, { datasetId, split: 'train', limit });
    return { inputs, title: dataset?.title ?? null, fileId: null };
  };
  return {
    needsMachine: true,
    async run(input, context) {
      const { variantId, recipe, name, datasetId, inputsPath } = compressInputSchema.parse(input);
      const parent = library.getVariant(variantId);
      const model = library.getModel(parent.modelId);
      const { inputs, title, fileId } = await inputsOf(model, { datasetId, inputsPath, signal: context.signal });
      context.log('info', `Inputs: ${title === null ? 'generated' : `the first ${CALIBRATION_ITEMS} of ${title}`}`);
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
            returnsMemory: true,
            signal: context.signal,
            onProgress: ({ fraction, message }) => context.report(fraction, message),
          },
        );
        for (const step of made.steps) context.log('info', step.summary);
        const found = {
          steps: made.steps,
          checks: made.checks,
          fidelity: made.fidelity && { ...made.fidelity, inputs: fileId ?? made.fidelity.inputs },
        };
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
            ...found,
            inspection: made.inspection,
          },
          null,
        );
        if (!kept.isNew) context.log('info', `The result is the same file as “${kept.variant.name}”.`);
        // A variant that the library had keeps what an earlier run found, on other inputs perhaps.
        const result: CompressResult = { variantId: kept.variant.id, isNew: kept.isNew, ...found };
        return result as Json;
      });
    },
  };
}
