import { z } from 'zod';
import { datasetSchema } from '../dataset.ts';
import { generatedInputsSchema } from '../input-forecast.ts';
import { modelInspectionSchema, modelSchema, sha256Schema, variantSchema } from '../model.ts';
import { procedure } from './base.ts';

export const importedSchema = z.object({
  model: modelSchema,
  /** The file that was named: the original, or a variant that Whittle once made and recognises by its metadata. */
  variant: variantSchema,
  /** False when the library held these bytes already. */
  isNew: z.boolean(),
});

export const modelsContract = {
  list: procedure.output(z.array(modelSchema)),
  get: procedure.input(z.object({ id: sha256Schema })).output(modelSchema),
  /** Reads, checks, copies and keeps a model. A file that is refused leaves nothing behind. */
  import: procedure
    .input(z.object({ path: z.string().min(1), name: z.string().max(120).optional() }))
    .output(importedSchema),
  /** What of a path can be imported: a file itself, or the `.onnx` files of a folder. */
  find: procedure.input(z.object({ path: z.string().min(1) })).output(z.array(z.string())),
  inspect: procedure.input(z.object({ path: z.string().min(1) })).output(modelInspectionSchema),
  /** What would be generated for a file at batch 1; nothing is run. */
  generatedInputs: procedure.input(z.object({ path: z.string().min(1) })).output(generatedInputsSchema),
  rename: procedure.input(z.object({ id: sha256Schema, name: z.string().trim().min(1).max(120) })).output(modelSchema),
  tie: procedure.input(z.object({ id: sha256Schema, datasetId: z.string().nullable() })).output(modelSchema),
  /** Removes a model with its variants from the library, reversibly (`restore`) until the workbench stops. Runs stay. */
  remove: procedure.input(z.object({ id: sha256Schema })).output(z.object({ removedId: sha256Schema })),
  restore: procedure.input(z.object({ id: sha256Schema })).output(modelSchema),
  datasets: procedure.output(z.array(datasetSchema)),
};

export const variantsContract = {
  get: procedure.input(z.object({ id: sha256Schema })).output(variantSchema),
  rename: procedure
    .input(z.object({ id: sha256Schema, name: z.string().trim().min(1).max(120) }))
    .output(variantSchema),
  /** Reversible (`restore`) until the workbench stops; the original is removed with its model only. */
  remove: procedure.input(z.object({ id: sha256Schema })).output(z.object({ removedId: sha256Schema })),
  restore: procedure.input(z.object({ id: sha256Schema })).output(variantSchema),
  /** Copies the file (and external data) to a path of the user's. */
  export: procedure
    .input(z.object({ id: sha256Schema, path: z.string().min(1) }))
    .output(z.object({ path: z.string() })),
};
